//! Environment variables, and the credential files that they name.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Variables by name. Empty ones count as unset.
pub(super) struct Environment(BTreeMap<String, String>);

/// Variables that take precedence over the keys of the profile.
const AWS_OTHER: [&str; 2] = ["AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE"];

/// The keys of a profile have the names of the variables in lower case.
const AWS_KEYS: [&str; 3] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
];

impl Environment {
    pub(super) fn of_process() -> Environment {
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            let (name, value) = (name.into_string().ok()?, value.into_string().ok()?);
            (!value.is_empty()).then_some((name, value))
        });
        Environment(variables.collect())
    }

    /// The environment with other values of some variables.
    pub(super) fn with(mut self, variables: &[(String, String)]) -> Environment {
        self.0.extend(variables.iter().cloned());
        self.0.retain(|_, value| !value.is_empty());
        self
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The first of these variables that is set.
    pub(super) fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.get(name))
    }

    /// All variables with this prefix.
    pub(super) fn with_prefix<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let variables = self.0.iter();
        let variables = variables.map(|(name, value)| (name.as_str(), value.as_str()));
        variables.filter(move |(name, _)| name.starts_with(prefix))
    }

    /// Sets a variable to the value of another, if only that is set.
    pub(super) fn alias(&mut self, name: &str, of: &str) {
        if let Some(value) = self.0.get(of).cloned() {
            self.0.entry(name.to_owned()).or_insert(value);
        }
    }

    /// Whether a flag is set to true. `None` if it is not set.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        let value = self.get(name)?.to_ascii_lowercase();
        Some(matches!(value.as_str(), "1" | "true" | "on" | "yes" | "y"))
    }

    /// Sets the variables from the keys of the AWS profile, unless other credentials take precedence. Returns what is
    /// wrong if a profile was requested and has no keys.
    pub(super) fn read_aws_profile(&mut self) -> Option<String> {
        if self.first(&AWS_OTHER).is_some() {
            return None;
        }
        let path = self.aws_credentials()?;
        let name = self.get("AWS_PROFILE").unwrap_or("default");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let settings = profile(&text, name).map(|(key, value)| (key.to_ascii_uppercase(), value));
        let keys: Vec<(String, String)> = settings
            .filter(|(key, _)| AWS_KEYS.contains(&key.as_str()))
            .map(|(key, value)| (key, value.to_owned()))
            .collect();
        if keys.is_empty() {
            let name = self.get("AWS_PROFILE")?;
            return Some(format!(
                "profile \"{name}\" has no keys in {}",
                path.display()
            ));
        }
        // A token in the environment does not belong to these keys.
        self.0.retain(|name, _| !AWS_KEYS.contains(&name.as_str()));
        self.0.extend(keys);
        None
    }

    fn aws_credentials(&self) -> Option<PathBuf> {
        match self.get("AWS_SHARED_CREDENTIALS_FILE") {
            Some(path) => Some(path.into()),
            None => Some(self.home()?.join(".aws").join("credentials")),
        }
    }

    /// Path of gcloud's application default credentials, if they exist.
    pub(super) fn gcloud_credentials(&self) -> Option<PathBuf> {
        let folder = match (self.get("CLOUDSDK_CONFIG"), self.get("APPDATA")) {
            (Some(folder), _) => folder.into(),
            (None, Some(folder)) if cfg!(windows) => PathBuf::from(folder).join("gcloud"),
            _ => self.home()?.join(".config").join("gcloud"),
        };
        let file = folder.join("application_default_credentials.json");
        file.is_file().then_some(file)
    }

    fn home(&self) -> Option<PathBuf> {
        let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        self.get(name).map(PathBuf::from)
    }
}

/// The settings of a section of an INI file.
fn profile<'a>(text: &'a str, name: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let is_header = |line: &&str| line.starts_with('[');
    let lines = text.lines().map(str::trim);
    let section = lines.skip_while(move |line| section_name(line) != Some(name));
    let settings = section.skip(1).take_while(move |line| !is_header(line));
    let settings = settings.filter(|line| !line.starts_with(['#', ';']));
    settings.filter_map(|line| {
        let (key, value) = line.split_once('=')?;
        Some((key.trim(), value.trim()))
    })
}

fn section_name(line: &str) -> Option<&str> {
    let name = line.strip_prefix('[')?.split(']').next()?;
    Some(name.trim())
}
