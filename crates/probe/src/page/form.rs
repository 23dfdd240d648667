//! Forms: what they send, and where.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Element, Page};
use crate::{Address, almost};

/// What stays as it is in a form's body; a space becomes `+` (WHATWG URL, application/x-www-form-urlencoded).
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');

/// A form of a page, with what was filled in. [`Page::form`] finds one.
#[derive(Clone, Debug)]
pub struct Form {
    action: Option<Address>,
    method: String,
    controls: Vec<Control>,
    text: String,
}

/// A field or a button of a form.
#[derive(Clone, Debug)]
pub struct Control {
    /// Its name; empty where it has none, and then it is not sent.
    pub name: String,
    /// Its value, as it would be sent.
    pub value: String,
    /// What it is.
    pub kind: Kind,
    /// The text on a button.
    pub label: String,
    /// A button's own method and address, in the place of the form's.
    own: (Option<String>, Option<Address>),
}

/// What a control is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A field that nobody sees.
    Hidden,
    /// A line of text: every `input` that is nothing else.
    Line,
    /// A `textarea`.
    Area,
    /// A checkbox or a radio button, and whether it is chosen.
    Choice {
        /// Whether only one of its name can be chosen.
        one: bool,
        /// Whether it is.
        chosen: bool,
    },
    /// A `select`, and the values that it offers.
    Select(Vec<String>),
    /// A button that sends the form.
    Button,
}

impl Form {
    /// Where it sends to; `None` where its `action` leads to no page.
    #[must_use]
    pub fn action(&self) -> Option<&Address> {
        self.action.as_ref()
    }

    /// `GET` or `POST`.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Its fields and buttons, in order, without those that are disabled.
    #[must_use]
    pub fn controls(&self) -> &[Control] {
        &self.controls
    }

    /// The value of the first field of this name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.controls
            .iter()
            .find(|control| control.name == name)
            .map(|control| control.value.as_str())
    }

    /// The text in it, as a reader sees it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Fills a field in, as somebody at the keyboard does: types a text, chooses an option, ticks the box or the radio button
    /// of this value. A line drops line breaks, as browsers do. `required` and `maxlength` are not looked at.
    ///
    /// # Errors
    ///
    /// Where it has no such field, or nothing of this value to choose.
    pub fn fill(&mut self, name: &str, value: &str) -> Result<(), String> {
        let named = |control: &&mut Control| control.name == name;
        let names = self.names();
        let fillable = |kind: &Kind| !matches!(kind, Kind::Hidden | Kind::Button);
        let mut fields =
            self.controls.iter_mut().filter(named).filter(|field| fillable(&field.kind));
        let Some(first) = fields.next() else {
            return Err(format!("the form has no field `{name}` to fill in; it has {names}"));
        };
        match &mut first.kind {
            Kind::Line => first.value = value.replace(['\r', '\n'], ""),
            Kind::Select(options) if !options.iter().any(|option| option == value) => {
                return Err(format!("`{name}` offers {options:?}, and not {value:?}"));
            }
            Kind::Choice { one, .. } => {
                let one = *one;
                let mut found = false;
                for field in std::iter::once(first).chain(fields) {
                    if let Kind::Choice { chosen, .. } = &mut field.kind {
                        found |= field.value == value;
                        *chosen = field.value == value || (*chosen && !one);
                    }
                }
                return found
                    .then_some(())
                    .ok_or_else(|| format!("`{name}` has no {value:?} to choose"));
            }
            _ => value.clone_into(&mut first.value),
        }
        Ok(())
    }

    /// Sets a field to any value, adding it where it is missing: what developer tools can do, also to hidden fields.
    pub fn force(&mut self, name: &str, value: &str) {
        match self.controls.iter_mut().find(|control| control.name == name) {
            Some(control) => value.clone_into(&mut control.value),
            None => self.controls.push(Control {
                name: name.to_owned(),
                value: value.to_owned(),
                kind: Kind::Hidden,
                label: String::new(),
                own: (None, None),
            }),
        }
    }

    /// Takes the tick from every box of this name.
    pub fn clear(&mut self, name: &str) {
        for control in self.controls.iter_mut().filter(|control| control.name == name) {
            if let Kind::Choice { chosen, .. } = &mut control.kind {
                *chosen = false;
            }
        }
    }

    /// What is sent where the button with this text (or this name, or this value) is pressed; the first button, as with the
    /// Enter key, where `button` is `None`: method, address, fields.
    ///
    /// # Errors
    ///
    /// Where there is no such button, nothing at all that sends it, or the form leads to no page.
    pub fn submission(&self, button: Option<&str>) -> Result<Submission, String> {
        let mut buttons =
            self.controls.iter().enumerate().filter(|(_, control)| control.kind == Kind::Button);
        let pressed = match button {
            None => {
                let button = buttons.next();
                if button.is_none() && !self.sends_by_enter() {
                    return Err("nobody can send the form: it has no button that does".to_owned());
                }
                button
            }
            Some(which) => {
                let found = buttons.find(|(_, control)| {
                    [&control.label, &control.name, &control.value]
                        .iter()
                        .any(|text| *text == which)
                });
                Some(found.ok_or_else(|| {
                    format!("the form has no button `{which}`; it has {}", self.names())
                })?)
            }
        };
        let own = pressed.map(|(_, button)| button.own.clone()).unwrap_or_default();
        let action = own.1.or_else(|| self.action.clone()).ok_or("the form leads to no page")?;
        let sent = |at: usize, control: &Control| match control.kind {
            Kind::Button => pressed.is_some_and(|(number, _)| number == at),
            Kind::Choice { chosen, .. } => chosen,
            _ => true,
        };
        let controls = self.controls.iter().enumerate();
        let fields = controls
            .filter(|(at, control)| !control.name.is_empty() && sent(*at, control))
            .map(|(_, control)| (control.name.clone(), control.value.clone()))
            .collect();
        Ok(Submission { method: own.0.unwrap_or_else(|| self.method.clone()), action, fields })
    }

    /// Whether the Enter key sends it where it has no button: in its only line of text, or in a box (HTML, "Implicit
    /// submission").
    fn sends_by_enter(&self) -> bool {
        let is_choice = |kind: &Kind| matches!(kind, Kind::Choice { .. });
        let lines = self.controls.iter().filter(|control| control.kind == Kind::Line).count();
        lines == 1 || (lines == 0 && self.controls.iter().any(|control| is_choice(&control.kind)))
    }

    fn names(&self) -> String {
        let named = |control: &Control| match control.kind {
            Kind::Button => format!("the button `{}`", control.label),
            _ => format!("`{}`", control.name),
        };
        let names: Vec<_> = self.controls.iter().map(named).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    }
}

/// What a form sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// `GET` or `POST`.
    pub method: String,
    /// Where to.
    pub action: Address,
    /// Names and values, in order.
    pub fields: Vec<(String, String)>,
}

impl Submission {
    /// What it sends besides the fields of these names; with it the query of where it goes, under no name.
    #[must_use]
    pub fn besides(&self, own: &[&str]) -> Vec<(String, String)> {
        let in_action = self.action.query().map(|query| (String::new(), query.to_owned()));
        let fields = self.fields.iter().filter(|(name, _)| !own.contains(&&**name));
        fields.cloned().chain(in_action).collect()
    }

    /// Those that send almost what this one does ([`almost`]), in a field of none of these names, or in the address.
    #[must_use]
    pub fn nearly(&self, own: &[&str]) -> Vec<Self> {
        let mut all = Vec::new();
        for (at, (name, value)) in self.fields.iter().enumerate() {
            let others = if own.contains(&&**name) { Vec::new() } else { almost(value) };
            all.extend(others.into_iter().map(|other| {
                let mut nearly = self.clone();
                nearly.fields[at].1 = other;
                nearly
            }));
        }
        if let Some((front, value)) = self.action.to_string().rsplit_once('=') {
            all.extend(almost(value).into_iter().map(|other| Self {
                action: Address::of(&format!("{front}={other}")),
                ..self.clone()
            }));
        }
        all
    }
}

/// Names and values as a browser encodes them (application/x-www-form-urlencoded), line breaks as CR LF.
pub(crate) fn encoded<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let encode = |text: &str| {
        let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
        utf8_percent_encode(&text, FORM).to_string().replace("%20", "+")
    };
    let pairs =
        fields.into_iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

pub(super) fn forms(page: &Page) -> Vec<Form> {
    page.elements
        .iter()
        .filter(|element| element.name == "form")
        .map(|form| read(page, form))
        .collect()
}

fn read(page: &Page, form: &Element) -> Form {
    let belongs = |element: &&Element| match element.attribute("form") {
        Some(id) => form.attribute("id") == Some(id),
        None => element.is_in(form),
    };
    let controls =
        page.elements.iter().filter(belongs).filter_map(|element| control(page, element));
    Form {
        action: page.address.at(form.attribute("action").unwrap_or_default()),
        method: method(form.attribute("method")),
        controls: controls.collect(),
        text: form.text.clone(),
    }
}

fn method(given: Option<&str>) -> String {
    let post = given.is_some_and(|method| method.eq_ignore_ascii_case("post"));
    (if post { "POST" } else { "GET" }).to_owned()
}

fn control(page: &Page, element: &Element) -> Option<Control> {
    let attribute = |name: &str| element.attribute(name).map(str::to_owned);
    let given = attribute("value");
    let is = |name: &str| element.attribute(name).is_some();
    if is("disabled") {
        return None;
    }
    let kind = attribute("type").unwrap_or_default().to_ascii_lowercase();
    let (kind, value, label) = match (element.name.as_str(), kind.as_str()) {
        ("input", "hidden") => (Kind::Hidden, given, String::new()),
        ("input", "checkbox" | "radio") => {
            let choice = Kind::Choice { one: kind == "radio", chosen: is("checked") };
            (choice, Some(given.unwrap_or_else(|| "on".to_owned())), String::new())
        }
        ("input", "submit" | "image") => {
            let label = given.clone().unwrap_or_else(|| "Submit".to_owned());
            (Kind::Button, given, label)
        }
        ("input" | "button", "button" | "reset") | ("input", "file") => return None,
        ("input", _) => (Kind::Line, given, String::new()),
        ("button", _) => (Kind::Button, given, element.text.clone()),
        ("textarea", _) => {
            // A line break right behind the tag is none.
            let text = element.source.strip_prefix('\n').unwrap_or(&element.source);
            (Kind::Area, Some(text.to_owned()), String::new())
        }
        ("select", _) => {
            let (options, chosen) = options(page, element);
            (Kind::Select(options), chosen, String::new())
        }
        _ => return None,
    };
    let own = (
        is("formmethod").then(|| method(element.attribute("formmethod"))),
        element.attribute("formaction").and_then(|action| page.address.at(action)),
    );
    let name = attribute("name").unwrap_or_default();
    Some(Control { name, value: value.unwrap_or_default(), kind, label, own })
}

/// The values that a `select` offers, and the one that is chosen.
fn options(page: &Page, select: &Element) -> (Vec<String>, Option<String>) {
    let inside = |element: &&Element| element.name == "option" && element.is_in(select);
    let value = |option: &Element| option.attribute("value").unwrap_or(&option.text).to_owned();
    let options: Vec<_> = page.elements.iter().filter(inside).collect();
    let chosen = options.iter().rev().find(|option| option.attribute("selected").is_some());
    let chosen = chosen.or(options.first()).map(|option| value(option));
    (options.into_iter().map(value).collect(), chosen)
}
