//! What a reader asked to see, as it stands in the page's address: so it works without a script, and can be sent around.

use crate::{percent::encoded, spoken::Language};

/// What of the wire is shown, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Beside a lesson's page.
    pub(crate) frame: bool,
    /// Whether that page hides values, as it says itself.
    pub(crate) hides: Option<bool>,
    /// The language that was asked for, where it is not the browser's.
    pub(crate) language: Option<Language>,
    /// Everything that is kept.
    pub(crate) all: bool,
    /// One client's exchanges, by the name that the page gives it.
    pub(crate) only: Option<String>,
    /// As it was after this exchange.
    pub(crate) at: Option<u64>,
    pub(crate) guess: Option<Guess>,
    /// The run of the server: numbers of exchanges and of browsers are its own.
    pub(crate) run: u32,
    /// The exchange that was guessed last, and the places of the cookies that were said to come.
    pub(crate) guessed: Option<(u64, Vec<usize>)>,
}

/// How the guessing stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Guess {
    /// The last exchange that needs no guess any more.
    pub(crate) done: u64,
    pub(crate) right: u32,
    pub(crate) of: u32,
}

impl View {
    /// Reads the query of an address. What makes no sense is not there. In another run of the server than the address is of,
    /// its numbers are those of others: everybody is shown as of now, the score stays, and no exchange was guessed yet.
    pub fn of(query: &[(String, String)], language: Option<Language>, run: u32) -> Self {
        let get =
            |name: &str| query.iter().find(|(known, _)| known == name).map(|(_, value)| &value[..]);
        let picked = || {
            query.iter().filter(|(name, _)| name == "c").filter_map(|(_, place)| place.parse().ok())
        };
        let is_here = Self::is_of(query, run);
        let get_here = |name: &str| get(name).filter(|_| is_here);
        let guess = get("guess")
            .map(Guess::of)
            .map(|guess| Guess { done: if is_here { guess.done } else { 0 }, ..guess });
        Self {
            frame: get("frame").is_some(),
            hides: match (get("hides"), get("shows")) {
                (Some(_), _) => Some(true),
                (None, shows) => shows.map(|_| false),
            },
            language,
            all: get("all").is_some() && get("frame").is_none(),
            only: get("only")
                .filter(|only| !only.is_empty() && (is_here || !is_numbered(only)))
                .map(str::to_owned),
            at: get_here("at").and_then(|at| at.parse().ok()),
            guess,
            run,
            guessed: get_here("asked")
                .and_then(|asked| asked.parse().ok())
                .map(|asked| (asked, picked().collect())),
        }
    }

    /// Whether the numbers in an address are those of this run of the server: it names the run, or none.
    pub fn is_of(query: &[(String, String)], run: u32) -> bool {
        let named = query.iter().find(|(name, _)| name == "run");
        named.is_none_or(|(_, of)| of.parse() == Ok(run))
    }

    /// What the address of an exchange's own page ends with.
    pub(crate) fn of_exchange(&self) -> String {
        let language = self.language.map(|language| format!("&lang={}", language.code()));
        format!("?run={}{}", self.run, language.unwrap_or_default())
    }

    /// The fields of its address's query. One without a value is there, or is not.
    pub(crate) fn fields(&self) -> Vec<(&'static str, String)> {
        let no_value = |name| (name, String::new());
        let is_of_run = self.at.is_some()
            || self.guess.is_some()
            || self.only.as_deref().is_some_and(is_numbered);
        let fields = [
            self.frame.then(|| no_value("frame")),
            self.hides.map(|hides| no_value(if hides { "hides" } else { "shows" })),
            self.language.map(|language| ("lang", language.code().to_owned())),
            self.all.then(|| no_value("all")),
            self.only.clone().map(|only| ("only", only)),
            self.at.map(|at| ("at", at.to_string())),
            self.guess.map(|Guess { done, right, of }| ("guess", format!("{done}.{right}.{of}"))),
            self.guessed.as_ref().map(|(asked, _)| ("asked", asked.to_string())),
            is_of_run.then(|| ("run", self.run.to_string())),
        ];
        let picked = self.guessed.iter().flat_map(|(_, picked)| picked);
        let picked = picked.map(|place| ("c", place.to_string()));
        fields.into_iter().flatten().chain(picked).collect()
    }

    /// The address that shows this.
    pub fn address(&self) -> String {
        let mut address = "/classroom/wire".to_owned();
        for (place, (name, value)) in self.fields().into_iter().enumerate() {
            address.push(if place == 0 { '?' } else { '&' });
            address.push_str(name);
            if !value.is_empty() {
                address.push('=');
                address.push_str(&encoded(value.as_bytes()));
            }
        }
        address
    }

    /// The same in another language.
    pub(crate) fn told_in(&self, language: Language) -> String {
        Self { language: Some(language), ..self.clone() }.address()
    }

    /// The same, but at another time.
    pub(crate) fn at(&self, at: Option<u64>) -> String {
        Self { at, guessed: None, ..self.clone() }.address()
    }

    /// The same with guessing, from after the exchange `done` on, or without.
    pub(crate) fn guessing(&self, done: Option<u64>) -> String {
        let guess = done.map(|done| Guess { done, ..Guess::default() });
        Self { guess, at: None, guessed: None, ..self.clone() }.address()
    }

    /// The same of one client, or of everybody.
    pub(crate) fn only(&self, only: Option<&str>) -> String {
        Self { only: only.map(str::to_owned), at: None, guessed: None, ..self.clone() }.address()
    }
}

/// Whether a client's name has a number: "Chromium 2", where "curl" has none.
fn is_numbered(name: &str) -> bool {
    name.ends_with(|last: char| last.is_ascii_digit())
}

impl Guess {
    fn of(text: &str) -> Self {
        let mut numbers = text.split('.');
        let mut next = || numbers.next().and_then(|number| number.parse().ok());
        let done = next().unwrap_or(0);
        let mut next = || u32::try_from(next().unwrap_or(0)).unwrap_or(u32::MAX).min(9999);
        Self { done, right: next(), of: next() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(query: &[(&str, &str)]) -> View {
        let owned: Vec<_> =
            query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        View::of(&owned, None, 5)
    }

    #[test]
    fn an_address_says_what_is_shown_and_is_read_again() {
        let asked = [("frame", ""), ("only", "Chromium 2"), ("at", "7"), ("guess", "6.3.4")];
        let read = view(&asked);
        assert_eq!(read.address(), "/classroom/wire?frame&only=Chromium+2&at=7&guess=6.3.4&run=5");
        assert_eq!(read.guess, Some(Guess { done: 6, right: 3, of: 4 }));
        assert_eq!(read.at(None), "/classroom/wire?frame&only=Chromium+2&guess=6.3.4&run=5");
        let told = read.told_in(Language::Chinese);
        assert_eq!(told, "/classroom/wire?frame&lang=zh&only=Chromium+2&at=7&guess=6.3.4&run=5");
        assert_eq!(view(&[("only", "curl")]).address(), "/classroom/wire?only=curl");
    }

    #[test]
    fn numbers_are_of_the_run_that_the_address_names() {
        let address = |only, run| {
            let asked =
                [("only", only), ("at", "7"), ("guess", "6.3.4"), ("asked", "6"), ("c", "2")];
            view(&[&asked[..], &[("run", run)]].concat()).address()
        };
        let here = "/classroom/wire?only=Firefox+1&at=7&guess=6.3.4&asked=6&run=5&c=2";
        assert_eq!(address("Firefox 1", "5"), here);
        assert_eq!(view(&[("only", "Firefox 1")]).only.as_deref(), Some("Firefox 1"));
        for run in ["8", "", "x"] {
            assert_eq!(address("Firefox 1", run), "/classroom/wire?guess=0.3.4&run=5");
            assert_eq!(address("curl", run), "/classroom/wire?only=curl&guess=0.3.4&run=5");
        }
    }

    #[test]
    fn what_makes_no_sense_is_not_there() {
        let read = view(&[("at", "x"), ("guess", "-1.a.99999999999"), ("only", ""), ("c", "1")]);
        assert_eq!(
            read,
            View { guess: Some(Guess { done: 0, right: 0, of: 9999 }), run: 5, ..View::default() }
        );
        assert_eq!(
            View { only: Some("\"><b>&".to_owned()), ..View::default() }.address(),
            "/classroom/wire?only=%22%3E%3Cb%3E%26"
        );
    }
}
