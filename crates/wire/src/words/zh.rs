//! 简体中文 (Simplified Chinese). Its terms are those of the documents in `lessons/zh/`.

use std::{
    io,
    path::Path,
    time::{Duration, SystemTime},
};

use cookie_rules::{
    Family, HostPrefixFault, MEASURED, Note, Reason, SameSite, Site, http_date, shown,
};
use http::{Method, StatusCode};

use super::{EXERCISE, Heard, Labels, Words, html, numbered, program, text};
use crate::facts::{
    Attributes, By, Caused, Client, How, Known, KnownBy, Program, SetOutcome, Status, Why,
};

pub(crate) struct Chinese;

pub(crate) const LABELS: Labels = Labels {
    language: "zh-Hans",
    name: "中文",
    colon: "：",
    gap: "",
    stop: "。",
    title: "线路",
    browser: "浏览器",
    client: "客户端",
    server: "服务器",
    brings: "带来：",
    no_cookie: "没有 cookie",
    new: "新",
    newest: "最新",
    form: "它的表单：",
    word: "服务器说：",
    all_of_it: "全部内容",
    steps: "前后翻看",
    becomes: "变成",
    back: "上一个来回",
    forth: "下一个来回",
    now: "现在",
    pause: "暂停",
    go_on: "继续",
    paused: "已暂停。",
    more: "更多",
    reload: "刷新",
    full_page: "整页",
    hide: "投影：隐藏值",
    show: "显示值",
    older: "更早的来回",
    everybody: "所有人",
    only: "显示：",
    nothing: "还什么都没有。打开这一课的一个页面。",
    empty_jar: "就这个服务器所知，是空的。",
    curls_jar: "curl 的文件会是这样：不带 `-c` 的调用，什么也不写下来。",
    whose_jar: "最新的请求来自谁的 cookie 罐，看不出来",
    other_jars: "看别的 cookie 罐：",
    nothing_of_lesson: "就这个服务器所知，这个罐里没有它的 cookie。",
    stopped: "服务器已经停止。",
    too_many: "没有实时更新：打开的线路太多了。",
    copy: "复制",
    copied: "已复制",
    selected: "已选中",
    hidden: "（隐藏）",
    numbers: "名字后面的编号代表一个 cookie 罐：关掉过的浏览器，或者隐私窗口，可能得到另一个编号。没有编号的，可能是其中任何一个；带“?”的，只是看上去是那一个。",
    guess: "先猜再看",
    stop_guessing: "不猜了",
    guessing: "先猜再看：下一个请求来的时候，如果有 cookie 可猜，会先问你，再显示。",
    answer: "看看来了什么",
    store: "服务器的存储",
    store_before: "更早的一个响应留下的样子",
    store_key: "id 的哈希",
    store_what: "存着什么",
    store_until: "到什么时候",
    store_empty: "什么也没有保存。",
    request: "请求",
    response: "响应",
    came: "来了的 cookie",
    absent: "没有来的 cookie",
    set: "浏览器怎样读 Set-Cookie 行",
    curl: "用 curl 发送同样的请求",
    to_the_wire: "回到线路",
    gone: "没有留下这个来回：只留服务器这一次运行的最近一些。",
    page_shows: "旁边的页面还显示着所有的值：请刷新它。",
    page_hides: "旁边的页面还隐藏着值：请刷新它。",
    readers: "读线路的太多，都还没有读完。请关掉一些，再来。\n",
    prediction: "哪些 cookie 被扣下是预测的：这件事没有哪个服务器看得见。“扣下”的意思是：就算浏览器还有这个 cookie，也不可以发到这里来。",
    layer: "这是处理函数外面的一层看到的样子：头字段的名字是小写，重复的排在一起。`date` 是在这之后才加上的；如果这里没有 \
            `content-length`，它也是后来加上的。curl 命令会再发一次同样的请求，并带上在这里起作用的头字段。",
    units: ["秒", "分钟", "小时", "天"],
    left: "还剩 *",
    over: "时间已到",
    session: "直到浏览器关闭",
    mark_came: "来了",
    mark_held: "扣下",
    mark_set: "设置",
    same_value: "值没有变",
    unknown: "路径、过期时间和锁：？",
    no_password: "（密码：不留下）",
    panicked: "处理函数 panic 了，由教室代它回答。在哪里，终端里写着。",
    curl_sh: "只能用在 sh 里：里面有 cmd 或 PowerShell 会另作理解的字符。",
    curl_password: "密码不留下：请把 PASSWORD 换成你的密码。",
    curl_body: "正文没有留下：请把 FIELDS 换成它的字段。",
    curl_hidden: "投影时隐藏的值，里面没有。",
    held: "扣下：",
    refused: "被拒绝",
    other_machine: "线路显示浏览器发送了什么：它只给这台机器看，而你来自另一台。",
    other_name: "线路只给这台机器看：请到 http://127.0.0.1 去看它，不要用别的主机名。",
    other_address: "线路只在 http://127.0.0.1，那里没有任何一课的页面：课的脚本都不可以读它。",
    other_page: "只有线路自己的页面可以读它，或者改变它显示的样子。",
    skip: "跳到正文",
    this_lesson: "这一课",
    read_lesson: "读这一课",
    frame: "线路：发送了什么，扣下了什么，为什么",
    contents: "目录",
    back_to_page: "回到页面",
    back_to_lesson: "回到这一课的页面",
    table: "表格",
    no_document: "这门课没有叫这个名字的文档。",
    serves_this: "正在运行，这一页就来自它：",
    running: "正在运行：",
    not_running: "没有运行：",
    its_first_page: "它的首页",
    how_known: "哪些课正在运行，是做这一页时，到各课默认的端口（3000 加课的编号）上问到的。在别的 <code>PORT</code> \
                上运行的课，这里无从知道。",
    first_page: "首页",
    to_first_page: "去这个主机的首页",
    you_sent: "你发送了",
    page_panicked: "这个页面的处理函数 panic 了。在哪里，终端里写着。",
};

impl Words for Chinese {
    fn labels(&self) -> &'static Labels {
        &LABELS
    }

    fn client(&self, client: &Client) -> String {
        numbered(program(client.program).unwrap_or("客户端"), client)
    }

    fn known_by(&self, client: &Client, who: &str) -> String {
        let by = match client.known_by {
            KnownBy::Nothing => {
                let from_here = client.nth.map_or(String::new(), |_| {
                    format!("从这里起，这个罐算 {} 的。", self.client(client))
                });
                return format!(
                    "这个请求没有带来能说明它来自哪个罐的东西，所以对没有来的 cookie，这里什么也不说。{from_here}"
                );
            }
            KnownBy::Id => "由区分浏览器的那个 cookie 认出；副本看上去也一样。",
            KnownBy::Connection => "由它的连接认出。",
            KnownBy::Recognised => {
                "由它的连接认出；这条连接是先前凭它带来的东西认出的，副本看上去也一样。"
            }
            KnownBy::Location => "它去了刚才一个响应让它去的地方，由此认出。",
            KnownBy::LongValue => {
                let kind = program(client.program).unwrap_or("客户端");
                return format!(
                    "{who}：由一个长值认出，已知的别的 {kind} 都没有它；副本看上去也一样。"
                );
            }
            KnownBy::Fit => "大概是它：在已知的罐里，它带来的东西和这一个最合。",
        };
        format!("{who}：{by}")
    }

    fn rules(&self, client: &Client) -> String {
        match (client.program, program(client.program)) {
            (Program::Chromium | Program::Firefox, Some(name)) => format!(
                "规则是 {name} 的，{} 用 Chromium {} 和 Firefox {} 测过。",
                MEASURED.date, MEASURED.chromium, MEASURED.firefox
            ),
            (Program::WebKit, _) => "规则是 RFC 6265bis 的。Safari 没有测过：它可能丢掉 `http://localhost` 上的 `Secure` cookie（WebKit 的 \
                                     bug 281149），也不给别的站点嵌入的内容 cookie（webkit.org/tracking-prevention），所以这里能肯定的，\
                                     只有 RFC 6265bis 要求每个浏览器做到的。"
                .to_owned(),
            _ => "规则是 RFC 6265bis 的；这个程序怎么做，没有测过。".to_owned(),
        }
    }

    fn cause(&self, caused: &Caused, follows: bool) -> String {
        let origin =
            caused.origin.as_deref().map(|origin| text(origin.trim_start_matches("http://")));
        let of = match (caused.from, origin) {
            (Site::Untold | Site::User, _) => String::new(),
            (Site::SameOrigin, _) => "本主机的".to_owned(),
            (Site::SameSite, Some(origin)) => format!(" `{origin}`（同站）的"),
            (Site::SameSite, None) => "兄弟主机（同站）的".to_owned(),
            (Site::CrossSite, Some(origin)) => format!(" `{origin}`（另一个站点）的"),
            (Site::CrossSite, None) => "另一个站点的".to_owned(),
        };
        let told = match caused.by {
            By::Untold => String::new(),
            _ if follows => "由上一个响应送到这里".to_owned(),
            By::User => "手动输入、书签、别的程序、刷新，或者后退".to_owned(),
            By::Ahead => "浏览器预先取的，还没有人要它".to_owned(),
            By::Navigation => format!("来自{of}一个页面，刷新，或者后退"),
            By::Form => format!("{of}一个表单，或者刷新"),
            By::Frame => format!("{of}一个页面里的框架"),
            By::Download => format!("{of}一个页面里的下载"),
            By::Script => format!("{of}一个脚本之类"),
            By::Preflight => format!("浏览器先问，{of}一个脚本可不可以请求"),
            By::Subresource => format!("{of}一个页面里的图片之类"),
        };
        let denied = if caused.storage_denied {
            "；浏览器说，它主罐里的 cookie 不来"
        } else {
            ""
        };
        format!("{}{denied}", told.trim_start())
    }

    fn absent_lead(&self, why: &Why) -> &'static str {
        match why {
            Why::HeldBack(_) => "扣下",
            Why::MayBeHeldBack(_) => "可能扣下",
            Why::Ended { .. } => "已结束",
            Why::Missing => "缺少",
            Why::UnderWay => "正在路上",
        }
    }

    fn why(&self, why: &Why) -> String {
        match why {
            Why::HeldBack(reason) | Why::Ended { reason, .. } => rule(reason),
            Why::MayBeHeldBack(reason) => condition(reason),
            Why::Missing => "它应该来，却没有来。可能是被删除了，被挤出去了，根本没被收下，被脚本或者另一个端口上的服务器改了，其实设在了\
                             另一个带着这些 cookie 副本的浏览器里，或者随着浏览器关闭而没有了；也可能是这个请求不带 cookie（`credentials: omit`，或者 curl 不带 `-b`）。"
                .to_owned(),
            Why::UnderWay => "当时可能有一个设置或删除它的响应正在路上，或者去了可能就是这一个的罐。".to_owned(),
        }
    }

    fn in_a_word(&self, reason: &Reason) -> &'static str {
        match reason {
            Reason::Path { .. } => "路径",
            Reason::HostOnly { .. } | Reason::OtherDomain { .. } => "主机",
            Reason::SecureOnly { .. } => "Secure",
            Reason::SameSiteStrict
            | Reason::SameSiteLax { .. }
            | Reason::SameSiteLaxMethod { .. } => "SameSite",
            _ => "规则",
        }
    }

    fn came_tag(&self, how: &How) -> &'static str {
        match how {
            How::AsSet { .. } | How::BrowserId | How::Alike => "",
            How::AlikeDeleted { .. } => "先前删除过",
            How::UnderWay => "正在路上",
            How::OtherValue { .. } => "另一个值",
            How::AgainstRules { .. } => "意料之外",
            How::NotSetHere => "这次运行没有设置过",
        }
    }

    fn how(&self, how: &How, value: &dyn Fn(&[u8]) -> String) -> String {
        match how {
            How::AsSet { path, might_have_stayed: None } => {
                format!("和这个服务器设置的一样，路径是 `{}`。", text(path))
            }
            How::AsSet { might_have_stayed: Some(reason), .. } => {
                let lead = match reason {
                    Reason::LaxAllowingUnsafe { .. } => "它来了，和这个服务器设置的一样。",
                    _ => "它来了，和这个服务器设置的一样，虽然这条规则可能留住它。",
                };
                format!("{lead}{}", condition(reason))
            }
            How::UnderWay => {
                "当时可能有一个改动它的响应正在路上，或者去了可能就是这一个的罐：这是它原来的样子，或者改动后的样子。"
                    .to_owned()
            }
            How::OtherValue { was } => format!(
                "这个服务器知道的值是 `{}`。后来可能是脚本、有人手工、另一个端口上的服务器，或者另一个有副本的浏览器改了它。",
                value(was)
            ),
            How::AgainstRules { rule: reason } => format!(
                "这个服务器设置的那一个不应该来：{}可能是脚本、有人手工，或者另一个端口上的服务器又设置了一个。",
                rule(reason)
            ),
            How::NotSetHere => {
                "服务器这次运行没有设置过它：可能是以前的运行、另一个端口上的服务器、脚本设置的，或者有人手工设置的。"
                    .to_owned()
            }
            How::AlikeDeleted { by } => format!(
                "这个服务器设置过一个这样的，第 {by} 个来回删除了那一个。它可能是副本，或者是脚本或手工再设置的。"
            ),
            How::Alike => "这个服务器设置过一个这样的；是不是就是那一个，是不是给这个客户端的，不清楚。".to_owned(),
            How::BrowserId => "线路用它区分这个浏览器和别的浏览器。".to_owned(),
        }
    }

    fn set_lead(&self, outcome: &SetOutcome) -> &'static str {
        match outcome {
            SetOutcome::Stored(_) | SetOutcome::Replaced { .. } => "设置",
            SetOutcome::Deleted { .. } => "删除",
            SetOutcome::AsksToDelete { .. } | SetOutcome::OtherCookie { .. } => "请求删除",
            SetOutcome::Refused { certain: true, .. } => "被浏览器拒绝",
            SetOutcome::Refused { certain: false, .. } => "可能被拒绝",
            SetOutcome::Elsewhere(_) => "设置在别处",
            SetOutcome::NoHost => "设置了，没有主机",
        }
    }

    fn outcome(&self, outcome: &SetOutcome) -> String {
        match outcome {
            SetOutcome::Stored(_) | SetOutcome::Replaced { .. } | SetOutcome::Deleted { .. } => String::new(),
            SetOutcome::AsksToDelete { came: true, .. } => {
                "如果它的路径和域名和这一行的一样，浏览器就删除它。`Cookie` 头里没有写这两样，所以服务器无从知道。".to_owned()
            }
            SetOutcome::AsksToDelete { came: false, .. } => {
                "浏览器如果有路径和域名和这一行一样的，就删除它。请求没有带来同名的 cookie，所以服务器无从知道。".to_owned()
            }
            SetOutcome::OtherCookie { rule: Reason::DeleteOtherPath { asked, stored, .. }, .. } => format!(
                "这一行是给路径 `{}` 的。这个服务器设置的那一个，路径是 `{}`：如果它还在，就留着。",
                text(asked),
                text(stored)
            ),
            SetOutcome::OtherCookie { rule: reason, .. } | SetOutcome::Refused { rule: reason, .. } => rule(reason),
            SetOutcome::Elsewhere(_) => {
                "请求来自另一个站点的页面，或者来自它里面的框架。浏览器把它放进那个页面的罐里，或者根本不存。".to_owned()
            }
            SetOutcome::NoHost => "请求里没有写一个 cookie 可以属于的主机。".to_owned(),
        }
    }

    fn ignored(&self, note: &Note, program: Program) -> String {
        match note {
            Note::UnknownAttribute { name } => format!("浏览器不认识属性 `{}`。", shown(name)),
            Note::AttributeTooLong { name, size } => {
                format!("`{}` 的值有 {size} 字节，而属性最多 1024 字节。", shown(name))
            }
            Note::BadExpires { value } => format!("Expires `{}` 不是日期。", shown(value)),
            Note::BadMaxAge { value } => format!("Max-Age `{}` 不是整数的秒数。", shown(value)),
            Note::BadPath { value } => {
                format!("Path `{}` 不以 `/` 开头，所以用默认路径代替。", shown(value))
            }
            Note::BadSameSite { value } => format!(
                "SameSite `{}` 不是 `Strict`、`Lax`、`None` 中的一个，所以用默认值代替。",
                shown(value)
            ),
            Note::Nameless { value } => {
                format!("这个 cookie 没有名字：`{}` 是它的值。", shown(value))
            }
            Note::MaxAgeOverExpires => "不看 `Expires`：两个都有时，由 `Max-Age` 决定。".to_owned(),
            Note::More { count } => format!("还有 {count} 条说明。"),
            Note::DefaultPath { path, from } => format!(
                "没有 `Path`，所以是 `{}`：`{}` 到它最后一个 `/` 为止。",
                text(path),
                text(from)
            ),
            Note::HostOnly { host } => {
                format!("没有 `Domain`，所以只发给 `{}`，不发给它的子域名。", text(host))
            }
            Note::DomainIsHost { host } => {
                format!("Domain 就是 `{}` 本身，它不能和谁共用，所以只给这个主机。", text(host))
            }
            Note::Session => "没有 `Max-Age`，也没有 `Expires`，所以它活到浏览器关闭。".to_owned(),
            Note::Persistent { until } => format!("它活到 {}。", http_date(*until)),
            Note::Capped { until } => format!(
                "它要求超过 400 天，而浏览器不把 cookie 保存得更久（curl 从 8.12.0 起也是），所以它活到 {}。",
                http_date(*until)
            ),
            Note::SameSiteDefault => match program {
                Program::Chromium => {
                    "没有可用的 `SameSite`，所以算作 `Lax`：从别的站点，只有用 `GET` 打开页面（比如点链接）时才来；头 2 分钟里，表单的 `POST` 也带它。"
                }
                Program::Firefox => {
                    "没有可用的 `SameSite`，对 Firefox 来说这不是锁：从别的站点也会来，除非 Firefox 扣下那里来的所有 cookie。"
                }
                _ => "没有可用的 `SameSite`：按 RFC 6265bis 算作 `Lax`，但不是每个浏览器都这样做。",
            }
            .to_owned(),
        }
    }

    fn path(&self, path: &str) -> String {
        if path == "/" {
            "所有路径".to_owned()
        } else {
            format!("`{}` 和它下面", text(path))
        }
    }

    fn hosts(&self, domain: &str, host_only: Option<bool>) -> String {
        match host_only {
            Some(true) => text(domain),
            Some(false) => format!("{} 和它的子域名", text(domain)),
            None => format!("在 {} 见到的", text(domain)),
        }
    }

    fn locks(&self, attributes: &Attributes, program: Program) -> Vec<&'static str> {
        let mut locks = Vec::new();
        if attributes.http_only {
            locks.push("脚本读不到（`HttpOnly`）");
        }
        if attributes.secure {
            locks.push("只走 https，或只在本机（`Secure`）");
        }
        locks.push(match (attributes.same_site, program) {
            (SameSite::Strict, _) => "别的站点的请求不带它（`Strict`）",
            (SameSite::Lax, _) => "别的站点：只有点链接之类才发送（`Lax`）",
            (SameSite::Default, Program::Chromium) => {
                "别的站点：只有点链接之类才发送，头 2 分钟里表单也带它（Chromium 的默认值）"
            }
            (SameSite::Default, _) => "没有说能不能从别的站点发送（没有 `SameSite`）",
            (SameSite::None, _) => "别的站点也带它（`None`）",
        });
        locks
    }

    fn status(&self, known: &Known) -> String {
        match known.status {
            Status::Held | Status::Left if known.alike && known.under_way => {
                "这个服务器设置过一样的，给这个浏览器或者别的浏览器；它分不出这是不是那一个，也分不出还在不在".to_owned()
            }
            Status::Held | Status::Left if known.alike => {
                "这个服务器设置过一样的，给这个浏览器或者别的浏览器；它分不出这是不是那一个".to_owned()
            }
            Status::Held | Status::Left if known.under_way && known.set.is_none() => {
                "这个服务器也设置同名的 cookie：它可能已经被其中一个取代".to_owned()
            }
            Status::Held | Status::Left if known.under_way => {
                "可能有两个响应同时在路上，或者去了看上去一样的浏览器：它可能是别的样子，也可能没有了"
                    .to_owned()
            }
            Status::Held | Status::Left if known.altered => {
                "它来的时候，值和已知的不一样：后面写的对它可能不成立".to_owned()
            }
            Status::Held if known.unproven => {
                "上次设置之后它没有来：这个浏览器可能一个也不收".to_owned()
            }
            Status::Held | Status::Left => String::new(),
            Status::Missing { since } => {
                format!("没有随第 {since} 个来回来：浏览器可能没有它了")
            }
            Status::AskedToDelete { by } => {
                format!("第 {by} 个来回请求删除它：如果它的路径和域名就是所请求的，它就没有了")
            }
            Status::Deleted { by } if known.under_way => {
                format!("第 {by} 个来回可能删除了它：它去了这个浏览器，或者看上去一样的一个")
            }
            Status::Deleted { by } => format!("第 {by} 个来回删除了它"),
        }
    }

    fn jar_of(&self, client: &Client, at: Option<u64>) -> String {
        let who = self.called(client);
        match at {
            None => format!("{who} 的 cookie 罐"),
            Some(number) => format!("第 {number} 个来回之后，{who} 的 cookie 罐"),
        }
    }

    fn not_set_here(&self, count: usize) -> String {
        format!("另有 {count} 个，不是服务器这次运行设置的")
    }

    fn ids(&self, count: usize) -> String {
        format!("{count} 个用来区分浏览器")
    }

    fn others(&self, alone: bool, ids: usize, count: usize) -> String {
        match (alone, ids, count) {
            (_, 0, 0) => String::new(),
            (false, _, 0) => "和用来区分浏览器的".to_owned(),
            (false, ..) => format!("和另外 {} 个", ids + count),
            (true, _, 0) => "只有用来区分浏览器的".to_owned(),
            (true, ..) => format!("这个服务器的没有，另有 {} 个", ids + count),
        }
    }

    fn not_kept(&self, count: usize) -> String {
        format!("还有 {count} 个，这里没有留下")
    }

    fn side(&self, count: usize) -> String {
        format!("别的请求（图标之类）：{count}")
    }

    fn goes_on(&self, location: &[u8]) -> String {
        format!("去 `{}`", shown(location))
    }

    fn body(&self, size: Option<u64>, form: bool) -> String {
        let size = size.map_or(String::new(), |size| format!("（{size} 字节）"));
        if form {
            format!("表单{size}：只留下开头")
        } else {
            format!("正文{size}，没有留下")
        }
    }

    fn this_browser(&self, name: &str) -> String {
        format!("只看这个浏览器（{name}）")
    }

    fn place(&self, place: usize, of: usize) -> String {
        format!("第 {place} 个，共 {of} 个")
    }

    fn summary(&self, heard: &Heard<'_>) -> String {
        let Heard { who, method, target, came, others, held, set } = heard;
        let list = |names: &[String]| names.join("、");
        let mut told = format!("{who}：{method} {target}。");
        told.push_str(&match (*came, *others) {
            ([], "") => "没有 cookie 来".to_owned(),
            ([], others) => format!("来了：{others}"),
            (came, "") => format!("来了：{}", list(came)),
            (came, others) => format!("来了：{} {others}", list(came)),
        });
        if !held.is_empty() {
            told.push_str(&format!("；扣下：{}", list(held)));
        }
        if !set.is_empty() {
            told.push_str(&format!("；响应里有 {}", list(set)));
        }
        told.push('。');
        told
    }

    fn lesson(&self, number: u16, title: &str, chinese: Option<&str>) -> String {
        let title = match (title.strip_prefix(EXERCISE), chinese) {
            (Some(exercise), _) => format!("练习 {}", html(exercise)),
            (None, Some(chinese)) => html(chinese),
            (None, None) => format!("<span lang=\"en\">{}</span>", html(title)),
        };
        format!("第 {number} 课：{title}")
    }

    fn bounds(&self, count: u64, kept: usize) -> String {
        format!("到现在有 {count} 个来回，留下最近的 {kept} 个。")
    }

    fn question(&self, who: &str, method: &Method, target: &str, cause: &str) -> String {
        let cause = if cause.is_empty() { String::new() } else { format!("（{cause}）") };
        let by = if who.is_empty() { String::new() } else { format!("{who}，") };
        format!("{by}`{method} {target}`{cause}：罐里的哪些 cookie 跟着来了？")
    }

    fn score(&self, right: u32, of: u32) -> String {
        format!("猜对：{right} 个，共 {of} 个。")
    }

    fn guessed(&self, number: u64, wrong: &[(String, bool)]) -> String {
        if wrong.is_empty() {
            return format!("第 {number} 个来回：全部猜对了。");
        }
        let told = |(name, came): &(String, bool)| {
            if *came { format!("`{name}` 来了") } else { format!("`{name}` 没有来") }
        };
        format!(
            "第 {number} 个来回，和猜的不一样：{}。",
            wrong.iter().map(told).collect::<Vec<_>>().join("，")
        )
    }

    fn exchange(&self, number: u64) -> String {
        format!("第 {number} 个来回")
    }

    fn when(&self, at: SystemTime, took: Duration) -> String {
        match took.as_millis() {
            0 => format!("{}，不到 1 毫秒就回答了。", http_date(at)),
            took => format!("{}，用 {took} 毫秒回答。", http_date(at)),
        }
    }

    fn left_out(&self, count: u64) -> String {
        format!("…… 省略了 {count} 个来回：来得太快，谁也读不过来\n")
    }

    fn advice(&self, status: StatusCode, is_bare: bool) -> &'static str {
        match status {
            StatusCode::NOT_FOUND if is_bare => {
                "这个服务器没有对应这个路径的路由。检查一下拼写，或者从这个主机的首页重新开始。"
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                "路径没错，但它回答的是别的方法：这个响应的 Allow 头字段写着是哪些。链接发送 GET；表单发送它自己写明的方法。"
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                "服务器读的是表单。发送正文时请写 Content-Type: application/x-www-form-urlencoded，浏览器的表单和 curl -d 都这样做。"
            }
            StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
                "服务器看懂了请求，但里面的内容没法用。回到表单，检查每个字段都填了，而且只发送一次。"
            }
            StatusCode::PAYLOAD_TOO_LARGE => "你发送的内容太大，服务器不收。回去，少发一些。",
            status if status.is_server_error() => {
                "这是服务器的错，不是你的错。运行它的终端里也许写着更多。"
            }
            _ => "回去，或者从这个主机的首页重新开始。",
        }
    }

    fn other_host(&self, host: &[u8]) -> String {
        format!(
            "这个服务器在 http://localhost（端口是它启动时写出的那个）和 app.localhost 这样的名字上回答：这个请求写的是另一个主机，\
             `{}`。\n",
            shown(host)
        )
    }

    fn at_home(&self, home: &str, wire: &str) -> String {
        format!(
            "这个页面在 {home} 。对浏览器来说，用数字写的地址和 localhost 是两个主机，cookie 也不同；在这样的地址上只有线路：{wire} 。\n"
        )
    }

    fn no_documents(&self, folder: &Path, error: &io::Error) -> String {
        format!(
            "这个服务器从它构建时所在的文件夹 {} 读文档，却读不了：{error}。请把文件夹放回去，或者在它现在的位置重新构建服务器。",
            folder.display()
        )
    }
}

fn flag(same_site: SameSite) -> &'static str {
    match same_site {
        SameSite::Strict => "它是 `SameSite=Strict`",
        SameSite::Lax => "它是 `SameSite=Lax`",
        SameSite::None => "它是 `SameSite=None`",
        SameSite::Default => "它没有 `SameSite`，在 Chromium 里和按 RFC 6265bis 都算作 `Lax`",
    }
}

fn scope(domain: &str, host_only: bool) -> String {
    if host_only {
        format!("`{}` 这一个主机", text(domain))
    } else {
        format!("域名 `{}`", text(domain))
    }
}

/// A rule, in one plain sentence.
fn rule(reason: &Reason) -> String {
    match reason {
        Reason::Path { cookie_path, request_path } => {
            format!("它的路径是 `{}`，而 `{}` 不在它下面。", text(cookie_path), text(request_path))
        }
        Reason::HostOnly { domain, host } => {
            format!("它只属于 `{}`，而这个请求去的是 `{}`。", text(domain), text(host))
        }
        Reason::OtherDomain { domain, host } => {
            format!("它属于 `{}` 和它的子域名，而 `{}` 不在其中。", text(domain), text(host))
        }
        Reason::SecureOnly { host } => format!("它是 `Secure`，而去 `{}` 的路没有加密。", text(host)),
        Reason::HttpOnly => "它是 `HttpOnly`，所以脚本都不可以读它。".to_owned(),
        Reason::SameSiteStrict => "它是 `SameSite=Strict`，而这个请求是另一个站点引起的。".to_owned(),
        Reason::SameSiteLax { same_site } => {
            format!("{}：从别的站点，只有用 `GET` 打开页面（比如点链接）时才来。", flag(*same_site))
        }
        Reason::SameSiteLaxMethod { same_site, method } => format!(
            "{}：从别的站点，只有用 `GET` 打开页面（比如点链接）时才来，而这是 `{}`。",
            flag(*same_site),
            text(method)
        ),
        Reason::SameSiteCrossSiteResponse { same_site } => format!(
            "{}，而设置它的响应，回答的是另一个站点引起的请求，又不是打开页面。",
            flag(*same_site)
        ),
        Reason::SameSiteUnknown { same_site } => {
            format!("{}，而请求没有说是哪个站点引起的。", flag(*same_site))
        }
        Reason::SameSiteNoneWithoutSecure => "`SameSite=None` 只有和 `Secure` 一起才可以用。".to_owned(),
        Reason::ThirdPartyBlocked => "另一个站点的页面所请求的，浏览器不给 cookie。".to_owned(),
        Reason::ThirdPartyRejected => {
            "浏览器阻止第三方 cookie，而这一个来的时候，请求是另一个站点引起的。".to_owned()
        }
        Reason::ThirdPartyAllowed => "这个请求是另一个站点引起的。".to_owned(),
        Reason::StorageDenied => {
            "请求来自另一个站点的页面，或者来自它里面的框架，浏览器说它不给这个主机的 cookie（`Sec-Fetch-Storage-Access`）。".to_owned()
        }
        Reason::Partitioned => {
            "它是 `Partitioned`，所以属于设置它时所在的页面，而这个请求是另一个站点的页面引起的。".to_owned()
        }
        Reason::PartitionedWithoutSecure => "`Partitioned` 只有和 `Secure` 一起才可以用。".to_owned(),
        Reason::CredentialsOmitted => "脚本的请求可能不带 cookie：它可以这样要求（`credentials: \"omit\"`），或者它的页面在另一个站点\
                                       的页面里。"
            .to_owned(),
        Reason::Preflight => "浏览器只是问脚本可不可以请求，问的时候不带 cookie。".to_owned(),
        Reason::Expired { at, .. } => format!("它的时间在 {} 到了。", http_date(*at)),
        Reason::Deleted { by, .. } => format!("对 `{}` 的响应请求删除它。", text(by)),
        Reason::Evicted { limit, .. } => format!("罐里最多放 {limit} 个 cookie，这一个只好让位。"),
        Reason::Removed { ago } => {
            format!("{}前，浏览器已经没有它了，而浏览器不说为什么。", LABELS.span(*ago))
        }
        Reason::SessionEnded { ago } => {
            format!("它是会话 cookie，而会话在 {}前结束了。", LABELS.span(*ago))
        }
        Reason::LaxAllowingUnsafe { age } => {
            format!("它没有 `SameSite`，设置了才 {}，不到 Chromium 的 2 分钟。", LABELS.span(*age))
        }
        Reason::DeleteOtherPath { name, asked, stored } => format!(
            "这一行是给路径 `{}` 的，而罐里的 cookie `{}`，路径是 `{}`。",
            text(asked),
            shown(name),
            text(stored)
        ),
        Reason::DeleteOtherDomain { name, asked, asked_host_only, stored, stored_host_only } => format!(
            "这一行是给{}的，而罐里的 cookie `{}` 是给{}的。",
            scope(asked, *asked_host_only),
            shown(name),
            scope(stored, *stored_host_only)
        ),
        Reason::DeleteUnknown { name } => format!("罐里没有给这个主机的 cookie `{}`。", shown(name)),
        Reason::ControlCharacter { byte, position } => {
            format!("这一行的第 {position} 个字节是控制字符 `{}`，所以整行无效。", shown(&[*byte]))
        }
        Reason::TooLarge { size } => format!("名字和值一共 {size} 字节，而上限是 4096。"),
        Reason::Empty => "这一行没有名字，也没有值。".to_owned(),
        Reason::Nameless { value, family: Family::Firefox } => {
            format!("Firefox 不收没有名字的值，而 `{}` 没有名字。", shown(value))
        }
        Reason::Nameless { value, .. } => {
            format!("没有名字、里面又有 `=` 的值，Chromium 不收，而 `{}` 就是这样。", shown(value))
        }
        Reason::InnerTab { family: Family::Firefox } => {
            "路径里有制表符的行，Firefox 不理会。".to_owned()
        }
        Reason::InnerTab { .. } => "名字或值里有制表符的行，Chromium 不理会。".to_owned(),
        Reason::OddDate { value } => format!(
            "浏览器对 Expires `{}` 的读法不一样：只有 `Sun, 06 Nov 1994 08:49:37 GMT` 这样的日期才读得一样。",
            shown(value)
        ),
        Reason::DomainNotAscii { domain } => format!(
            "Domain `{}` 里有 ASCII 以外的字符；这样的名字必须写成 `xn--` 的形式。",
            shown(domain)
        ),
        Reason::PublicSuffix { domain } => format!(
            "Domain `{}` 是公共后缀，给它的 cookie 会到许多人的站点去。",
            text(domain)
        ),
        Reason::DomainMismatch { domain, host } => {
            format!("Domain `{}` 不是主机 `{}`，也不是它上面的域名。", text(domain), text(host))
        }
        Reason::SecureFromInsecure { host } => {
            format!("它是 `Secure`，而 `{}` 的响应来的时候没有 TLS。", text(host))
        }
        Reason::HttpOnlyFromScript => "脚本不能设置 `HttpOnly` 的 cookie。".to_owned(),
        Reason::HttpOnlyOverwrite => {
            "脚本不能代替名字、域名、路径都相同的 `HttpOnly` cookie。".to_owned()
        }
        Reason::SecureOverlay { path, domain } => format!(
            "响应来的时候没有 TLS，而罐里已经有给 `{}{}` 的同名 `Secure` cookie。",
            text(domain),
            text(path)
        ),
        Reason::SecurePrefix { name } => {
            format!("名字 `{}` 以 `__Secure-` 开头，而这个 cookie 不是 `Secure`。", shown(name))
        }
        Reason::HostPrefix { name, fault } => {
            let fault = match fault {
                HostPrefixFault::NotSecure => "这个 cookie 不是 `Secure`",
                HostPrefixFault::HasDomain => "这个 cookie 有 `Domain`",
                HostPrefixFault::PathNotRoot => "这一行没有写 `Path=/`",
            };
            format!("名字 `{}` 以 `__Host-` 开头，而{fault}。", shown(name))
        }
        Reason::NamelessPrefix { value } => {
            format!("这个 cookie 没有名字，服务器会把它的值 `{}` 当作受保护的名字。", shown(value))
        }
        Reason::HttpPrefix { name } => format!(
            "在 Chromium 和 Firefox 里，名字 `{}` 保证有 `Secure` 和 `HttpOnly`，而这一行缺一个。",
            shown(name)
        ),
    }
}

/// The same where the request doesn't tell enough to apply it.
fn condition(reason: &Reason) -> String {
    match reason {
        Reason::SameSiteStrict => {
            "它是 `SameSite=Strict`：如果这个请求和另一个站点有关，它就不来。".to_owned()
        }
        Reason::SameSiteLax { same_site } | Reason::SameSiteLaxMethod { same_site, .. } => format!(
            "{}：如果这个请求是另一个站点的页面引起的，又不是链接之类，它就不来。",
            flag(*same_site)
        ),
        Reason::LaxAllowingUnsafe { .. } => {
            "它没有 `SameSite`，而且还不到 2 分钟：这样的 cookie，Chromium 连别的站点的 `POST` 也带上。".to_owned()
        }
        Reason::ThirdPartyBlocked => {
            "另一个站点的页面所请求的，浏览器可能不给 cookie。".to_owned()
        }
        Reason::CredentialsOmitted => {
            "脚本可能要求请求不带 cookie（`credentials: omit`）。".to_owned()
        }
        other => rule(other),
    }
}
