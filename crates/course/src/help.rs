//! What `--help` says, in the language of the terminal. The English of it stands with what may be typed, in `cli.rs` and in the
//! commands; clap's own errors are English.

use clap::Command;

use crate::say::{Language, language};

/// A command line that explains itself in the language of the terminal.
pub fn spoken(command: Command) -> Command {
    match language() {
        Language::English => command,
        Language::Chinese => chinese(command),
    }
}

/// What authors alone type: what may follow is explained in English, as in their manual.
const OF_AUTHORS: [&str; 2] = ["verify", "wrong"];

fn chinese(mut command: Command) -> Command {
    // Only then are there `help` and `--help`.
    command.build();
    let names: Vec<String> =
        command.get_subcommands().map(|one| one.get_name().to_owned()).collect();
    let command = names.iter().fold(command, |command, name| {
        command.mut_subcommand(name, |one| explained(one, name).about(about(name)))
    });
    explained(command, "")
        .about(
            "练习、进度，还有和代码保持一致的文档。\n不写命令：列出每个练习，并说明接下来做什么。",
        )
        .subcommand_help_heading("命令")
        .after_help("退出码：0 已解决或属实，1 未解决或不属实，2 编译不过或者用法不对。")
}

/// A command with what may follow it.
fn explained(command: Command, name: &str) -> Command {
    let command =
        command.help_template("{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}");
    command.mut_args(|arg| {
        let heading = if arg.is_positional() { "参数" } else { "选项" };
        let help = argument(name, arg.get_id().as_str());
        let arg = arg.help_heading(heading);
        match help {
            Some(help) => arg.help(help).long_help(None),
            None => arg,
        }
    })
}

fn about(name: &str) -> &'static str {
    match name {
        "list" => "每一课的每个练习：已解决、未解决或编译不过；以及接下来做什么",
        "run" => "运行一课，或者一个练习的服务器",
        "check" => "检查练习：本来应该怎样，线路上出现了什么，接下来输入什么",
        "watch" => "每次保存都检查，只显示变化",
        "hint" => "一个提示；每次多一个",
        "reset" => "恢复练习开始时的样子；原来的内容保存在 src/lib.rs.before-reset-N",
        "solution" => "解决之后看答案：改了什么，别的答案为什么不对，以及“大声回答”的回答",
        "kit" => "教师用：为没有网络的笔记本，把课程和所有 crate 打包成 target/crumbs-kit.tar.gz",
        "wrong" => "作者用：把练习的另一个答案放进 src/lib.rs，再存回补丁（选项的说明是英文）",
        "verify" => "作者用：拿代码和服务器核对文档，证明每个练习（选项的说明是英文）",
        "help" => "显示这份帮助，或者某个命令的帮助",
        _ => "",
    }
}

fn argument(command: &str, argument: &str) -> Option<&'static str> {
    match (command, argument) {
        (_, "help") => Some("显示帮助"),
        (name, _) if OF_AUTHORS.contains(&name) => None,
        ("run", "name") => Some("一课或一个练习，写名字或编号"),
        ("reset", "name") => Some("一个练习，写名字或编号"),
        (_, "name") => Some("一个练习，写名字或编号；不写就是当前文件夹的那个，再不然就是下一个"),
        ("check", "names") => Some(
            "练习，写名字或编号；不写就是当前文件夹的那个，再不然就是改动过的那些，再不然就是下一个",
        ),
        (_, "all") => Some("每个练习"),
        ("check", "json") => Some(
            "给评分程序的一个 JSON 对象（见 crates/course/README.md，英文）；不写名字的话，包括每个练习",
        ),
        ("check", "answers") => Some(
            "把每个 FILE（Rust 或补丁 .diff）当作那一个 NAME 的答案，在副本里评分：src/lib.rs 保持不变",
        ),
        ("reset", "yes") => Some("不要问"),
        ("solution", "spoil") => Some("还没解决就看"),
        ("solution", "whole") => Some("整个文件，不只是改动"),
        ("help", "subcommand") => Some("显示这些命令的帮助"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Typed;

    #[test]
    fn every_command_and_all_that_learners_type_is_explained_in_chinese() {
        let is_chinese = |text: Option<String>| {
            text.is_some_and(|text| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)))
        };
        let command = chinese(Typed::command());
        assert!(command.get_subcommands().count() > 9);
        for one in command.get_subcommands() {
            let name = one.get_name();
            assert!(is_chinese(one.get_about().map(ToString::to_string)), "{name}");
            for arg in one.get_arguments() {
                let of_authors = OF_AUTHORS.contains(&name) && arg.get_id() != "help";
                let help = arg.get_help().map(ToString::to_string);
                assert_eq!(is_chinese(help), !of_authors, "{name} {}", arg.get_id());
            }
        }
    }
}
