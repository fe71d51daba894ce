//! Completion scripts and manual pages have all that the help has.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use crate::support;

use std::collections::BTreeSet;
use std::process::Command;

use support::ept;

/// The commands that `ept --help` lists.
fn commands() -> Vec<String> {
    let help = ept(&["--help"]).ends_with(0).stdout();
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let lines = lines.take_while(|line| !line.is_empty());
    // What is indented further goes on with the line before.
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    let names: Vec<String> = names.map(str::to_owned).collect();
    assert!(names.contains(&"query".to_owned()), "{help}");
    names
}

/// The long flags at the start of a line of the help of a command.
fn flags(command: &str) -> BTreeSet<String> {
    let help = ept(&[command, "--help"]).ends_with(0).stdout();
    let lines = help.lines().map(str::trim_start);
    let lines = lines.filter(|line| line.starts_with('-'));
    let words = lines.flat_map(str::split_whitespace);
    let flags = words
        .take_while(|_| true)
        .filter(|word| word.starts_with("--"));
    // An optional value follows as in `--flag[=<VALUE>]`.
    let names = flags.filter_map(|flag| flag.split(['[', ',', '.']).next());
    names.map(str::to_owned).collect()
}

/// What bash offers after these words.
fn completed(script: &str, words: &[&str]) -> Vec<String> {
    let words = words.join(" ");
    let program = format!(
        "{script}\nCOMP_WORDS=({words} '')\nCOMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n\
         _ept ept '' '' 2>/dev/null\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
    );
    let run = Command::new("bash")
        .args(["-c", &program])
        .output()
        .unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
#[cfg(unix)]
fn the_completions_of_bash_offer_every_command_and_flag() {
    let script = ept(&["completions", "bash"]).ends_with(0).stdout();
    let checked = Command::new("bash").args(["-n", "-c", &script]).status();
    assert!(checked.unwrap().success());
    let offered = completed(&script, &["ept"]);
    for command in commands() {
        assert!(offered.contains(&command), "{command} of {offered:?}");
    }
    let offered = completed(&script, &["ept", "query"]);
    let flags = flags("query");
    assert!(flags.contains("--bounds"), "{flags:?}");
    for flag in flags {
        assert!(offered.contains(&flag), "{flag} of {offered:?}");
    }
}

#[test]
fn there_are_completions_for_other_shells_and_no_unknown_one() {
    for shell in ["zsh", "fish", "powershell", "elvish"] {
        let script = ept(&["completions", shell]).ends_with(0).stdout();
        assert!(script.contains("no-clobber"), "{shell}");
    }
    let refused = ept(&["completions", "tcsh"]).ends_with(2).stderr();
    assert!(refused.contains("bash"), "{refused}");
}

#[test]
fn each_command_has_a_manual_page_with_all_of_its_flags() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("share/man1");
    ept(&["man", pages.to_str().unwrap()]).ends_with(0);
    let page = |name: &str| std::fs::read_to_string(pages.join(name)).unwrap();
    let whole = page("ept.1");
    assert_eq!(ept(&["man"]).ends_with(0).stdout(), whole);
    for command in commands().iter().filter(|name| *name != "help") {
        assert!(whole.contains(&format!("ept\\-{command}(1)")), "{command}");
        let page = page(&format!("ept-{command}.1"));
        for flag in flags(command) {
            let escaped = flag.replace('-', "\\-");
            assert!(page.contains(&escaped), "{command} {flag}");
        }
    }
}

#[test]
fn manual_pages_that_cannot_be_written_are_an_error_with_the_folder() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let folder = file.path().join("man");
    let folder = folder.to_str().unwrap();
    let told = ept(&["man", folder]).ends_with(1).stderr();
    assert!(told.contains(folder), "{told}");
}
