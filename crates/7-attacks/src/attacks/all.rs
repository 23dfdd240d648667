//! All attacks: whose page does it, and what it wants.

/// Whose page does it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Attacker,
    Sibling,
}

pub struct Attack {
    /// Where the lesson's document does it.
    pub step: u8,
    pub id: &'static str,
    pub whose: Whose,
    pub title: &'static str,
    /// What Mallory wants, and how.
    pub says: &'static str,
    /// The amount that this attack takes, and no other: so the books say which it was.
    pub amount: Option<u32>,
}

const fn attack(
    step: u8,
    id: &'static str,
    whose: Whose,
    title: &'static str,
    amount: Option<u32>,
    says: &'static str,
) -> Attack {
    Attack { step, id, whose, title, says, amount }
}

pub const ATTACKS: [Attack; 14] = [
    attack(
        1,
        "transfer-by-form",
        Whose::Attacker,
        "A form of another site sends money",
        Some(11),
        "The button is in a form. The form's address is the bank's, and its fields are filled in and hidden. Your browser adds \
         your cookie.",
    ),
    attack(
        3,
        "transfer-by-sibling",
        Whose::Sibling,
        "A form of a sibling sends money",
        Some(12),
        "The same form, at another host of the bank's own site. To SameSite, that is no other site.",
    ),
    attack(
        6,
        "logout-by-link",
        Whose::Attacker,
        "A link logs you out",
        None,
        "Nothing is stolen, and the bank changes something because of a link. Where the bank takes POST alone, Mallory has a \
         form in the place of the link.",
    ),
    attack(
        6,
        "logout-by-image",
        Whose::Sibling,
        "An image of a sibling logs you out",
        None,
        "You need to click nothing: the browser asks for the image as it shows the page. Where the bank takes POST alone, a \
         script of the page posts.",
    ),
    attack(
        7,
        "login-by-form",
        Whose::Attacker,
        "A form logs you in, as Mallory",
        None,
        "The form has Mallory's name and password. From then on, what you do at the bank, you do in her account, and she can \
         read it there.",
    ),
    attack(
        8,
        "script-takes-cookie",
        Whose::Attacker,
        "A script in the guestbook takes your cookie",
        None,
        "The button leaves an entry in the bank's guestbook, under Mallory's name, and leads you there. The entry is a script. \
         It runs as the bank's own, reads the cookie and sends it to Mallory.",
    ),
    attack(
        8,
        "script-transfers",
        Whose::Attacker,
        "A script in the guestbook sends money",
        Some(13),
        "This entry takes nothing away. It reads the bank's first page, token and all, and sends the bank's own form from the \
         bank's own page.",
    ),
    attack(
        8,
        "form-in-entry",
        Whose::Attacker,
        "A form in the guestbook sends money",
        Some(14),
        "This entry has no script. It is a form to the bank, with one button that says something else. Click it there.",
    ),
    attack(
        9,
        "planted-before-login",
        Whose::Sibling,
        "A planted id, before you log in",
        Some(15),
        "Mallory has opened the bank, and has an id that is nobody's yet. This page asks your browser to keep it, for the path of \
         the log-in. Where it does, she uses the id when you have logged in.",
    ),
    attack(
        10,
        "planted-account",
        Whose::Sibling,
        "A planted account",
        None,
        "Mallory is logged in as herself, and this page asks your browser to keep her id, for the path /account alone. Where it \
         does, you stay who you are on all other pages, and under My account you are Mallory.",
    ),
    attack(
        11,
        "framed-by-sibling",
        Whose::Sibling,
        "The bank in a frame that you don't see",
        Some(16),
        "Over the button lies the bank's own page, in a frame that lets everything through but your click. Its form is filled \
         in by a payment link, and your click is on its button.",
    ),
    attack(
        12,
        "cache-gives-login",
        Whose::Attacker,
        "A shared cache gives your session away",
        Some(17),
        "You reach the bank by a cache that others use, too. The answer that began your session, Set-Cookie and all, is what \
         the next visitor gets.",
    ),
    attack(
        13,
        "next-user-sees-page",
        Whose::Attacker,
        "The next user of your browser sees your page",
        None,
        "No page of Mallory's does this. Two people use one browser, one after the other, and the browser has kept a page.",
    ),
    attack(
        14,
        "withheld",
        Whose::Attacker,
        "An image and a frame of another site",
        None,
        "An image and a hidden frame of another site, both to the bank. The books say whether your cookie came with them, and \
         what the browser said in Sec-Fetch-Storage-Access.",
    ),
];
