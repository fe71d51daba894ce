//! What works that use the points should cite.

use ept_reader::{Credit, Dataset};

use crate::terminal::tell;

/// Tells what to cite on standard error.
pub(crate) fn tell(dataset: &Dataset) {
    for credit in dataset.credits() {
        tell!("cite: {}", cited(credit));
    }
}

/// What a work that uses the points should cite.
fn cited(credit: &Credit) -> String {
    let Some(citation) = &credit.citation else {
        return format!("{} (its catalogue tells no citation)", credit.survey);
    };
    match &credit.doi {
        Some(doi) if !citation.contains(doi) => format!("{citation} {doi}"),
        _ => citation.clone(),
    }
}
