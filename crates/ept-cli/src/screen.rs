//! Pictures in terminals.

use std::io::{self, Write};

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ept_job::PictureSize;
use ept_scene::Picture;

use crate::sixel;
use crate::terminal::{self, tell};

/// How a terminal shows pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    /// The graphics protocol of kitty.
    Kitty,
    /// Inline images of iTerm2.
    Iterm,
    /// Sixels, of foot, mlterm, Konsole and Windows Terminal.
    Sixel,
    /// Half blocks in colours of 24 bits: two pixels for each character.
    Blocks,
}

/// Characters of base64 in a piece of kitty's protocol at most.
const PIECE: usize = 4096;

impl Screen {
    /// That of standard output. `None` if it shows no pictures, which is told.
    pub(crate) fn find() -> Option<Screen> {
        let variable = |name: &str| std::env::var(name).ok();
        let found = terminal::is_read().then(|| Screen::of(variable)).flatten();
        if found.is_none() {
            tell!(
                "no picture: standard output is not a terminal that shows pictures (by the protocol of kitty or iTerm2, as \
                 sixels, or in colours of 24 bits with COLORTERM=truecolor); `ept picture` writes one to a file"
            );
        }
        found
    }

    /// That of a terminal with these variables of the environment.
    fn of(variable: impl Fn(&str) -> Option<String>) -> Option<Screen> {
        let is = |name: &str, values: &[&str]| {
            variable(name).is_some_and(|found| values.contains(&found.as_str()))
        };
        // Inside of these, pictures would need to be passed on.
        let is_wrapped = variable("TMUX").is_some() || variable("STY").is_some();
        let is_kitty = variable("KITTY_WINDOW_ID").is_some()
            || is("TERM", &["xterm-kitty", "xterm-ghostty"])
            || is("TERM_PROGRAM", &["ghostty"]);
        let is_iterm =
            is("TERM_PROGRAM", &["iTerm.app", "WezTerm"]) || is("LC_TERMINAL", &["iTerm2"]);
        let version = |name: &str| variable(name).and_then(|version| version.parse::<u32>().ok());
        let has_sixels = is("TERM", &["foot", "foot-extra", "mlterm"])
            || variable("WT_SESSION").is_some()
            // Konsole 22.04 was the first.
            || version("KONSOLE_VERSION").is_some_and(|version| version >= 220_400);
        if is_kitty && !is_wrapped {
            Some(Screen::Kitty)
        } else if is_iterm && !is_wrapped {
            Some(Screen::Iterm)
        } else if has_sixels && !is_wrapped {
            Some(Screen::Sixel)
        } else if is("COLORTERM", &["truecolor", "24bit"]) {
            Some(Screen::Blocks)
        } else {
            None
        }
    }

    /// The size of a picture for it.
    pub(crate) fn size(self) -> Result<PictureSize> {
        Ok(PictureSize::new(match self {
            Screen::Kitty | Screen::Iterm | Screen::Sixel => [600, 400],
            Screen::Blocks => [72, 48],
        })?)
    }

    /// Shows a picture, below what was written.
    pub(crate) fn show(self, picture: &Picture) -> Result<()> {
        Ok(self.write(&mut terminal::raw_out(), picture)?)
    }

    fn write(self, out: &mut impl Write, picture: &Picture) -> io::Result<()> {
        let mut file = Vec::new();
        match self {
            Screen::Blocks => write_blocks(out, picture)?,
            Screen::Sixel => {
                sixel::write(out, picture)?;
                writeln!(out)?;
            }
            Screen::Iterm => {
                picture.write_png(&mut file)?;
                let (size, text) = (file.len(), STANDARD.encode(file));
                writeln!(out, "\x1b]1337;File=inline=1;size={size}:{text}\x07")?;
            }
            Screen::Kitty => {
                picture.write_png(&mut file)?;
                let text = STANDARD.encode(file);
                let pieces = text.as_bytes().chunks(PIECE);
                let last = pieces.len().saturating_sub(1);
                for (at, piece) in pieces.enumerate() {
                    // PNG (100), shown as it comes, without an answer.
                    let start = if at == 0 { "a=T,f=100,q=2," } else { "" };
                    write!(out, "\x1b_G{start}m={};", u8::from(at < last))?;
                    out.write_all(piece)?;
                    write!(out, "\x1b\\")?;
                }
                writeln!(out)?;
            }
        }
        out.flush()
    }
}

/// Writes two rows of pixels for each line: the upper as foreground, the lower as background.
fn write_blocks(out: &mut impl Write, picture: &Picture) -> io::Result<()> {
    let [width, height] = picture.size();
    for y in (0..height).step_by(2) {
        for x in 0..width {
            let upper = picture.pixel([x, y]).unwrap_or_default();
            let lower = picture.pixel([x, y + 1]).unwrap_or(upper);
            let [[r, g, b], [r2, g2, b2]] = [upper, lower];
            write!(out, "\x1b[38;2;{r};{g};{b};48;2;{r2};{g2};{b2}m\u{2580}")?;
        }
        writeln!(out, "\x1b[0m")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Option<Screen> {
        Screen::of(|name| {
            let found = variables.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn written(screen: Screen, picture: &Picture) -> String {
        let mut out = Vec::new();
        screen.write(&mut out, picture).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn terminals_are_known_by_their_variables() {
        assert_eq!(of(&[("TERM", "xterm-kitty")]), Some(Screen::Kitty));
        assert_eq!(of(&[("TERM_PROGRAM", "iTerm.app")]), Some(Screen::Iterm));
        assert_eq!(of(&[("COLORTERM", "truecolor")]), Some(Screen::Blocks));
        assert_eq!(of(&[("TERM", "foot")]), Some(Screen::Sixel));
        assert_eq!(of(&[("WT_SESSION", "0")]), Some(Screen::Sixel));
        let konsole = [("KONSOLE_VERSION", "220400"), ("COLORTERM", "truecolor")];
        assert_eq!(of(&konsole), Some(Screen::Sixel));
        let old = [("KONSOLE_VERSION", "211203"), ("COLORTERM", "truecolor")];
        assert_eq!(of(&old), Some(Screen::Blocks));
        assert_eq!(of(&[("TERM", "xterm-256color")]), None);
        let wrapped = [
            ("TERM", "xterm-kitty"),
            ("TMUX", "/tmp/1"),
            ("COLORTERM", "24bit"),
        ];
        assert_eq!(of(&wrapped), Some(Screen::Blocks));
    }

    #[test]
    fn pictures_are_whole_in_each_protocol() {
        let picture = Picture::new([300, 301], [1, 2, 3]);
        let mut file = Vec::new();
        picture.write_png(&mut file).unwrap();
        let text = written(Screen::Iterm, &picture);
        let (_, text) = text.split_once(':').unwrap();
        assert_eq!(
            STANDARD
                .decode(text.trim_end().trim_end_matches('\x07'))
                .unwrap(),
            file
        );
        let text = written(Screen::Kitty, &picture);
        let pieces = text.split("\x1b_G").skip(1);
        let pieces = pieces.map(|piece| {
            let (head, rest) = piece.split_once(';').unwrap();
            (head, rest.trim_end().trim_end_matches("\x1b\\"))
        });
        let (heads, pieces): (Vec<&str>, Vec<&str>) = pieces.unzip();
        assert!(heads[0].starts_with("a=T,f=100,q=2,m="));
        assert!(heads.last().unwrap().ends_with("m=0"));
        assert_eq!(STANDARD.decode(pieces.concat()).unwrap(), file);
        let small = Picture::new([2, 3], [1, 2, 3]);
        let block = "\x1b[38;2;1;2;3;48;2;1;2;3m\u{2580}";
        let line = format!("{block}{block}\x1b[0m\n");
        assert_eq!(written(Screen::Blocks, &small), line.repeat(2));
    }
}
