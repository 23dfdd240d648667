// What a student does in each lesson, step by step: each is given a tab and the lesson's server.
const BANK = "app.crumbs.localhost", SIBLING = "evil.crumbs.localhost", MALLORY = "mallory.localhost", CACHE = "cache.crumbs.localhost";

export async function fillLogin(tab, lesson) {
  await tab.goto(lesson.url("/login"));
  await tab.fill("[name=username]", "Ada");
}
export async function logIn(tab, lesson) {
  await fillLogin(tab, lesson);
  await tab.click("main form button");
}
// Lesson 2: a nickname and a theme.
export async function savePreferences(tab, lesson) {
  await tab.goto(lesson.url("/"));
  await tab.fill("#nickname", "Ada");
  await tab.click('form[action="/preferences"] button');
}
const press = selector => tab => tab.click(selector);
const visit = (path, host) => (tab, lesson) => tab.goto(lesson.url(path, host));
const fill = (selector, text) => tab => tab.fill(selector, text);
const put = fields => (tab, lesson) => (fields.path === undefined ? tab.goto(lesson.url("/")) : Promise.resolve()).then(() => tab.eval(fields => {
  for (const [name, value] of Object.entries(fields)) document.querySelector(`form[action="/cookies"] [name=${name}]`).value = value;
}, fields));
const set = press('form[action="/cookies"] button');
// Lesson 7: at the bank, by its form; by *Attacks* and its link to the bank; and an attack's page, with the one click that it asks for.
const asAda = [fill("#name", "ada"), fill("#password", "engine"), press("#log-in")];
export const atTheBank = (host = BANK) => [visit("/login", host), ...asAda];
const byAttacks = [visit("/", MALLORY), press("#to-the-bank"), press('main a[href="/login"]'), ...asAda];
const attack = (name, host = MALLORY) => [visit(`/${name}`, host), press("#lure")];
const defend = defences => [visit("/"), tab => tab.eval(ids => { for (const id of ids) document.getElementById(id).checked = true; }, defences), press("#switch")];

// Steps that send nothing cost no time.
export const ORDINARY = {
  "stateless-http": [visit("/"), visit("/greet?name=Ada"), visit("/members"), visit("/counter"), press("main form button"), visit("/nowhere"), visit("/")],
  "raw-cookies": [
    visit("/"), tab => tab.reload(), fill("#nickname", "夏 Ada"), press('form[action="/preferences"] button'), press('main a[href="/cookies"]'),
    tab => tab.back(), visit("/"), press('form[action="/forget"] button'), visit("/"), visit("/"), visit("/cookies"),
  ],
  "signed-sessions": [
    visit("/"), fillLogin, press("main form button"), visit("/session"), visit("/"), tab => tab.reload(), press('form[action="/logout"] button'), visit("/session"),
    fillLogin, press("main form button"), visit("/session"),
  ],
  "cookie-attributes": [
    visit("/"), put({ name: "cart", value: "3", path: "/shop", lifetime: "1m" }), set, visit("/shop"), visit("/shopping"), visit("/shop/cart"), visit("/admin"),
    visit("/"), put({ name: "shut", value: "7", path: "/", same_site: "Strict" }), set, visit("/shop"), visit("/locks"), press(`main a[href*="${MALLORY}"]`),
    press('main a[href*="/locks/arrived"]'), visit("/other-site", MALLORY), press('main form[action*="/locks/arrived"] button'), visit("/locks/arrived"),
    visit("/"), fill("#old-name", "cart"), fill("#old-path", "/shop"), press('form[action="/cookies/delete"] button'), visit("/shop"), visit("/remember"),
  ],
  "flask-cookie": [visit("/"), fillLogin, press("main form button"), visit("/session"), tab => tab.reload(), visit("/"), press('main a[href="/logout"]'), visit("/session")],
  "server-sessions": [
    visit("/"), fill("#note", "milk"), press('form[action="/notes"] button'), fillLogin, press("main form button"), fill("#note", "bread"),
    press('form[action="/notes"] button'), visit("/sessions"), visit("/"), press('form[action="/logout"] button'), visit("/"),
  ],
  attacks: [
    visit("/"), ...byAttacks, visit("/account", BANK), visit("/statement", BANK), ...attack("transfer-by-form"),
    ...attack("transfer-by-sibling", SIBLING), visit("/", MALLORY), ...attack("logout-by-link"), ...attack("login-by-form"),
    press("#log-out"), ...atTheBank(), ...attack("withheld"), ...attack("script-takes-cookie"), ...attack("planted-account", SIBLING),
    visit("/", BANK), visit("/framed-by-sibling", SIBLING), ...defend(["host-prefix", "new-id", "token"]), ...atTheBank(), ...attack("planted-account", SIBLING),
    ...attack("transfer-by-form"), visit("/guestbook", BANK), fill("#text", "so"), press("#write"), visit("/", BANK), press("#log-out"), visit("/statement", CACHE),
    ...atTheBank(CACHE), ...attack("cache-gives-login"),
  ],
};
