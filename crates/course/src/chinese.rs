//! Where the Chinese documents are, and what is called how in them.

use std::path::{Path, PathBuf};

/// Where the Chinese documents are; where there is no such folder, nothing is held.
pub const FOLDER: &str = "lessons/zh";

/// The Chinese document of an English one.
pub fn chinese_of(path: &Path) -> PathBuf {
    match path.strip_prefix("lessons") {
        Ok(name) => Path::new(FOLDER).join(name),
        Err(_) => path.with_extension("zh.md"),
    }
}

/// The English file of a Chinese one; any other is its own.
pub fn english_of(path: &Path) -> PathBuf {
    match path.strip_prefix(FOLDER) {
        Ok(name) => Path::new("lessons").join(name),
        Err(_) if path == Path::new("README.zh.md") => PathBuf::from("README.md"),
        Err(_) => path.to_owned(),
    }
}

/// The sections of a lesson's document, after its title, in order; and what they are called in Chinese.
pub const SECTIONS: [(&str, &str); 9] = [
    ("The story", "故事"),
    ("Predict", "先猜一猜"),
    ("On the wire", "在线路上"),
    ("The code", "代码"),
    ("The rules", "规则"),
    ("Where this breaks", "哪里会出问题"),
    ("Exercises", "练习"),
    ("For the instructor", "给教师"),
    ("Sources", "出处"),
];

/// All other headings: those of several documents, lessons' titles, what lessons 5 to 7 have besides, the course's pages.
const OTHERS: [(&str, &str); 35] = [
    ("In Flask", "用 Flask 写"),
    ("Stateless HTTP", "无状态的 HTTP"),
    ("Raw cookies", "手写 cookie"),
    ("Signed sessions", "签名会话"),
    ("Expiry, path and the other attributes", "过期时间、路径和其他属性"),
    ("The article's program", "文章里的程序"),
    ("Server-side sessions", "服务器端会话"),
    ("Under attack", "遭到攻击"),
    ("Beside a real Flask", "和真正的 Flask 并排"),
    ("Two servers", "两台服务器"),
    ("One request", "一个请求"),
    ("A change", "一次改动"),
    ("Log-in and log-out", "登录与退出"),
    ("The end", "结束"),
    ("A forged transfer", "伪造的转账"),
    ("Logged out, and logged in", "被迫退出，被迫登录"),
    ("A script in the guestbook", "留言簿里的脚本"),
    ("Planted cookies", "放进来的 cookie"),
    ("A frame that you don't see", "你看不见的框架"),
    ("Caches", "缓存"),
    ("What browsers hold back", "浏览器扣下什么"),
    ("What was measured", "测到了什么"),
    ("How the web remembers", "Web 怎样学会记住"),
    ("The lessons", "课程"),
    ("The article, statement by statement", "逐句对照文章"),
    ("Plans", "课时安排"),
    ("Words", "用词"),
    ("Glossary", "术语表"),
    ("Crumbs", "Crumbs"),
    ("Alone", "自学"),
    ("In a class", "在课堂上"),
    ("Changing things", "改动"),
    ("Contributing", "添砖加瓦"),
    ("Maintaining", "维护"),
    ("Licence", "许可证"),
];

/// What a heading is called in Chinese, where that is fixed.
pub fn chinese_name(english: &str) -> Option<String> {
    let mut names = SECTIONS.iter().chain(&OTHERS);
    let mut fixed = |text| Some(names.find(|(english, _)| *english == text)?.1);
    match english.strip_prefix("Lesson ").and_then(|rest| rest.split_once(": ")) {
        Some((number, title)) => Some(format!("第 {number} 课：{}", fixed(title)?)),
        None => fixed(english).map(str::to_owned),
    }
}
