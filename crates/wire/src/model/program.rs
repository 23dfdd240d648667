//! What kind of program sent a request, as far as its header says.

use std::borrow::Cow;

use cookie_rules::{Cause, Profile, Site};

use super::facts::Program;

impl Program {
    /// Reads `Sec-CH-UA` and `User-Agent`; `field` gives a header field by its name in lower case.
    pub fn of<'a>(field: impl Fn(&str) -> Option<&'a [u8]>) -> Self {
        let text = |name| field(name).and_then(|value| str::from_utf8(value).ok()).unwrap_or("");
        let (brands, agent) = (text("sec-ch-ua"), text("user-agent"));
        let has = |word| agent.contains(word);
        let told = if agent.starts_with("curl/") {
            Self::Curl
        } else if has("CriOS/") || has("FxiOS/") || has("EdgiOS/") {
            Self::WebKit
        } else if has("Firefox/") && has("Gecko/") {
            Self::Firefox
        } else if has("Chrome/") || has("Chromium/") {
            Self::Chromium
        } else if has("Safari/") && has("AppleWebKit/") {
            Self::WebKit
        } else {
            Self::Other
        };
        match brands.contains("\"Chromium\"") {
            // Firefox and Safari have no such field, and Chromium always has it where it is secure, as here.
            true if matches!(told, Self::Firefox | Self::WebKit | Self::Curl) => Self::Other,
            true => Self::Chromium,
            false => told,
        }
    }

    /// Whether people look at pages with it: such a client keeps a jar from one request to the next.
    pub(crate) fn is_browser(self) -> bool {
        matches!(self, Self::Chromium | Self::Firefox | Self::WebKit)
    }

    /// What the requests of one browser have in common. Chromium's device toolbar changes in `User-Agent` on what it runs, and not
    /// every request of Chromium's has `Sec-CH-UA`: none that saves a file.
    pub(super) fn looks(self, agent: Option<&[u8]>) -> (Self, Cow<'_, [u8]>) {
        let agent = agent.unwrap_or_default();
        if self != Self::Chromium {
            return (self, Cow::Borrowed(agent));
        }
        let mut depth = 0_u32;
        let outside = agent.iter().filter(|byte| {
            match byte {
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        });
        let outside: Vec<u8> = outside.copied().collect();
        let words = outside.split(u8::is_ascii_whitespace);
        let words = words.filter(|word| !word.is_empty() && *word != b"Mobile");
        (self, Cow::Owned(words.collect::<Vec<_>>().join(&b' ')))
    }

    /// Whose rules it follows.
    pub(super) fn profile(self) -> Profile {
        match self {
            Self::Chromium => Profile::CHROMIUM,
            Self::Firefox => Profile::FIREFOX,
            Self::Curl => Profile::CURL,
            Self::WebKit | Self::Other => Profile::SPECIFICATION,
        }
    }

    /// What caused a request, as this program's rules see it: curl knows of no sites.
    pub(super) fn sees(self, cause: Cause) -> Cause {
        match self {
            Self::Curl => Cause { site: Site::SameOrigin, ..cause },
            _ => cause,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_told_by_its_brands_first() {
        let brands = "\"Chromium\";v=\"156\", \"Not=A?Brand\";v=\"8\"";
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
        let safari = "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15";
        let on_ios = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/156.0 Mobile/15E148 Safari/604.1";
        for (agent, brands, program) in [
            (chrome, brands, Program::Chromium),
            (chrome, "", Program::Chromium),
            ("My own", brands, Program::Chromium),
            (firefox, "", Program::Firefox),
            (firefox, brands, Program::Other),
            (safari, "", Program::WebKit),
            (on_ios, "", Program::WebKit),
            (on_ios, brands, Program::Other),
            ("curl/8.5.0", "", Program::Curl),
            ("", "", Program::Other),
        ] {
            let told = Program::of(|name| match name {
                "user-agent" => Some(agent.as_bytes()),
                _ => Some(brands.as_bytes()),
            });
            assert_eq!(told, program, "{agent} {brands}");
        }
    }

    #[test]
    fn chromium_on_a_telephone_looks_like_chromium() {
        fn looks(agent: &str) -> (Program, Cow<'_, [u8]>) {
            Program::Chromium.looks(Some(agent.as_bytes()))
        }
        let desk = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
        let telephone = "Mozilla/5.0 (Linux; Android 13; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36";
        assert_eq!(looks(desk), looks(telephone));
        assert_ne!(looks(desk), looks(&desk.replace("156", "157")));
        assert_ne!(looks(desk), looks(&format!("{desk} Edg/156.0.0.0")));
        assert_eq!(*looks(")(a)) b (c").1, *b"b");
        let firefox = ["Mozilla/5.0 (X11; rv:153.0)", "Mozilla/5.0 (X11; rv:154.0)"];
        let [one, other] = firefox.map(|agent| Program::Firefox.looks(Some(agent.as_bytes())));
        assert_ne!(one, other);
    }
}
