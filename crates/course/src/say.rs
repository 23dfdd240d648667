//! What `cargo course` says, in the language of the terminal. Who adds a sentence is told by the compiler which language has
//! none. What authors alone read (`verify`, `wrong`) is English, as their manual is; so is JSON, which programs read.

use std::fmt::{self, Display, Formatter};

#[path = "../../wire/src/spoken.rs"]
mod spoken;

pub use spoken::{Language, language};

/// A sentence, with what is particular about it.
pub enum Say<'a> {
    // The list.
    Exercises { number: usize, solved: usize },
    Lesson { number: u16, title: &'a str },
    ReadAndRun { document: &'a str, number: u16 },
    Exercise { number: &'a str, name: &'a str, title: &'a str },
    IsSolved,
    IsOpen,
    IsBroken,
    Core,
    Minutes(u32),
    Next { name: &'a str, is_broken: bool, source: &'a str },
    TaskHasChanged { name: &'a str },
    NoExercises,
    AllSolved,

    // A check.
    NowPass { passed: usize, of: usize },
    ScoreInShort { passed: usize, of: usize },
    SolvedOf { solved: usize, of: usize },
    Failed { test: &'a str },
    AlsoFailed,
    ServerPrinted,
    MoreLines(usize),
    MoreCharacters(usize),
    DoesNotCompile,
    FaultElsewhere,
    FixThen { source: &'a str },
    EditThen { passed: usize, of: usize, source: &'a str },
    Stuck,
    Solved { passed: usize, of: usize },
    AnswerAloud,
    OurSolution,
    CompilerWarns,
    BodyBeforeLast { function: &'a str, body: &'a str },
    NoHandler,
    NoDebugHandler,

    // Hints and solutions.
    NoHints { name: &'a str },
    Hint { number: usize, of: usize, text: &'a str },
    LastHint { name: &'a str },
    NotSolvedYet { name: &'a str },
    WholeFile { name: &'a str },
    WhyWrong,
    RightAsWell,
    Answer { why: &'a str, slug: &'a str, base: &'a str },
    Fails { test: &'a str },
    Aloud,

    // Watching.
    Keys,
    NoOther,
    NoKey { typed: &'a str },
    NowPasses { test: &'a str },
    NowFails { test: &'a str },
    SameFailure,

    // A server that follows edits.
    SaveAndItStarts { source: &'a str, name: &'a str },
    Building,
    Built,
    NotBuilt { serves: bool },
    BrokeOff { status: &'a str },

    // A fresh start.
    NothingToReset { is_one: bool },
    NothingChanged,
    IsAsAtTheStart { name: &'a str, kept: &'a str },
    ShallReset { number: usize, names: &'a str },

    // The kit.
    Copying,
    Fetching,
    Packing,
    Kit { file: &'a str, files: usize, crates: usize, megabytes: u64 },
    KitHasEdits { files: &'a str },
    KitNeeds,

    // While something is done.
    Compiling { number: usize, name: &'a str },
    Waiting,

    // Why a command can't be carried out.
    Cant { what: Cant, error: &'a dyn Display },
    CantDo { doing: Doing, path: &'a dyn Display, error: &'a dyn Display },
    CargoCantRead { said: &'a str },
    BuildEnded { seconds: u64, variable: &'a str },
    NothingIsOpen,
    OneForAnswer,
    OneToReset,
    NobodyToAsk { names: &'a str },
    NothingChecked,
    NoLessons { root: &'a dyn Display },
    ALesson { typed: &'a str, exercises: &'a str },
    Unknown { what: Named, typed: &'a str, way_out: WayOut<'a> },
}

/// What can't be done.
pub enum Cant {
    Ask,
    ReadTheAnswer,
    FindAPort,
    Run(&'static str),
    TellTheFolder,
    UnderstandCargo,
    WriteJson,
}

/// What is to be done with a file.
pub enum Doing {
    Read,
    Write,
    Make,
    Open,
    Lock,
    Copy,
    Remove,
    Run,
}

/// What a person names.
pub enum Named {
    Exercise,
    LessonOrExercise,
    Answer,
}

/// What is said to who typed a name that does not exist.
pub enum WayOut<'a> {
    Near(&'a str),
    NoneYet,
    These(&'a str),
    Listed,
}

/// "1 problem", "2 problems".
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

impl Display for Say<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match language() {
            Language::English => self.english(f),
            Language::Chinese => self.chinese(f),
        }
    }
}

impl Say<'_> {
    fn english(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exercises { number, solved } => {
                write!(f, "{}, {solved} solved", count(*number, "exercise", "exercises"))
            }
            Self::Lesson { number, title } => write!(f, "Lesson {number}: {title}"),
            Self::ReadAndRun { document, number } => {
                write!(f, "read {document}, run: cargo course run {number}")
            }
            Self::Exercise { number, name, title } => write!(f, "{number} {name}: {title}"),
            Self::IsSolved => write!(f, "solved"),
            Self::IsOpen => write!(f, "open"),
            Self::IsBroken => write!(f, "broken"),
            Self::Core => write!(f, "core"),
            Self::Minutes(minutes) => write!(f, "{minutes} min"),
            Self::Next { name, is_broken, source } => {
                let state = if *is_broken { "does not compile" } else { "is open" };
                write!(
                    f,
                    "Next: {name} {state}. Edit {source} and type:\n  cargo course watch {name}"
                )
            }
            Self::TaskHasChanged { name } => write!(
                f,
                "The task of {name} has changed since you began. Your answer is as it was; crates/course/README.md, \
                 \"When a task changes\", says how to take it over."
            ),
            Self::NoExercises => write!(f, "No exercises yet: read and run the lessons."),
            Self::AllSolved => write!(f, "All solved."),
            Self::NowPass { passed, of } => write!(f, "{passed} of {of} tests pass."),
            Self::ScoreInShort { passed, of } => write!(f, "open, {passed} of {of}"),
            Self::SolvedOf { solved, of } => write!(f, "{solved} of {of} solved."),
            Self::Failed { test } => write!(f, "Failed: {test}"),
            Self::AlsoFailed => write!(f, "Also failed:"),
            Self::ServerPrinted => write!(f, "The server printed:"),
            Self::MoreLines(lines) => write!(f, "[{lines} more lines]"),
            Self::MoreCharacters(characters) => write!(f, "[{characters} more characters]"),
            Self::DoesNotCompile => write!(f, "It does not compile."),
            Self::FaultElsewhere => {
                write!(f, "It can't be built, and the fault is not in the exercise.")
            }
            Self::FixThen { source } => write!(f, "Fix {source}, then:"),
            Self::EditThen { passed, of, source } => {
                write!(f, "{passed} of {of} tests pass. Edit {source}, then:")
            }
            Self::Stuck => write!(f, "Stuck?"),
            Self::Solved { passed, of } => write!(f, "Solved: {passed} of {of} tests pass."),
            Self::AnswerAloud => write!(f, "Answer aloud:"),
            Self::OurSolution => write!(f, "Our solution, and why other answers are wrong:"),
            Self::CompilerWarns => write!(f, "The compiler warns:"),
            Self::BodyBeforeLast { function, body } => write!(
                f,
                "The arguments of `{function}` are in the wrong order: `{body}` reads the body of the request, and axum \
                 gives the body to the last argument alone. Put `{body}` last."
            ),
            Self::NoHandler => write!(
                f,
                "axum takes this function for no handler. A handler is an `async fn`; each argument is an extractor; the one \
                 that reads the body (`Form`, `Json`, `String`) comes last; what it returns can be made an answer; and at no \
                 `.await` it still holds a lock of `std` (a `MutexGuard`): put the lock into a block of its own that ends \
                 before."
            ),
            Self::NoDebugHandler => write!(
                f,
                "(`#[axum::debug_handler]`, of which the compiler speaks, is not switched on here.)"
            ),
            Self::NoHints { name } => write!(f, "{name} has no hints."),
            Self::Hint { number, of, text } => write!(f, "Hint {number} of {of}: {text}"),
            Self::LastHint { name } => write!(
                f,
                "That was the last one. To look at the solution: cargo course solution {name} --spoil"
            ),
            Self::NotSolvedYet { name } => write!(
                f,
                "{name} is not solved yet. Check it again with:\n  cargo course check {name}\nTo look at the solution all \
                 the same:\n  cargo course solution {name} --spoil"
            ),
            Self::WholeFile { name } => {
                write!(f, "The whole file: cargo course solution {name} --whole")
            }
            Self::WhyWrong => write!(f, "What else people try, and why it is wrong"),
            Self::RightAsWell => write!(f, "What is right as well"),
            Self::Answer { why, slug, base } => write!(f, "- {why} ({slug}, against the {base})"),
            Self::Fails { test } => write!(f, "fails: {test}"),
            Self::Aloud => write!(f, "Aloud"),
            Self::Keys => write!(
                f,
                "Watching. Save the file to check it; type a letter and Enter: h hint, n next exercise, q quit; Enter alone \
                 checks again."
            ),
            Self::NoOther => write!(f, "There is no other exercise to solve."),
            Self::NoKey { typed } => write!(f, "`{typed}` is none of h, n, q and Enter."),
            Self::NowPasses { test } => write!(f, "now passes: {test}"),
            Self::NowFails { test } => write!(f, "now fails: {test}"),
            Self::SameFailure => {
                write!(f, "Nothing changed: the same test fails in the same way.")
            }
            Self::SaveAndItStarts { source, name } => {
                write!(f, "Save {source}, and {name} starts anew.")
            }
            Self::Building => {
                write!(f, "An edit: building. The server from before it goes on meanwhile.")
            }
            Self::Built => write!(f, "Built: the server starts anew."),
            Self::NotBuilt { serves: true } => {
                write!(f, "Not built, see above. The server from before the edit goes on.")
            }
            Self::NotBuilt { serves: false } => {
                write!(f, "Not built, see above. Nothing is served until an edit can be built.")
            }
            Self::BrokeOff { status } => {
                write!(f, "The server broke off ({status}). An edit starts it again.")
            }
            Self::NothingToReset { is_one: true } => {
                write!(f, "Nothing to reset: it is as at the start.")
            }
            Self::NothingToReset { is_one: false } => {
                write!(f, "Nothing to reset: all are as at the start.")
            }
            Self::NothingChanged => write!(f, "Nothing was changed."),
            Self::IsAsAtTheStart { name, kept } => {
                write!(f, "{name} is as at the start; your answer is kept in {kept}")
            }
            Self::ShallReset { number, names } => write!(
                f,
                "Put {} back as at the start ({names})? Your answer is kept beside it. [y/N] ",
                count(*number, "exercise", "exercises")
            ),
            Self::Copying => write!(f, "copying"),
            Self::Fetching => write!(f, "fetching all crates"),
            Self::Packing => write!(f, "packing"),
            Self::Kit { file, files, crates, megabytes } => write!(
                f,
                "{file}: {} and {}, {megabytes} MB.",
                count(*files, "file", "files"),
                count(*crates, "crate", "crates")
            ),
            Self::KitHasEdits { files } => {
                write!(
                    f,
                    "These are in it as they are now, and not as they were committed: {files}"
                )
            }
            Self::KitNeeds => {
                write!(f, "README.md, \"Before class\", says what else a laptop needs.")
            }
            Self::Compiling { number, name } => write!(f, "compiling, {number}: {name}"),
            Self::Waiting => write!(f, "waiting for another check of this workspace to end"),
            Self::Cant { what, error } => {
                let what = match what {
                    Cant::Ask => "can't ask",
                    Cant::ReadTheAnswer => "can't read the answer",
                    Cant::FindAPort => "can't find a free port",
                    Cant::Run(program) => return write!(f, "can't run {program}: {error}"),
                    Cant::TellTheFolder => "can't tell the current folder",
                    Cant::UnderstandCargo => "can't understand what `cargo metadata` says",
                    Cant::WriteJson => "no JSON",
                };
                write!(f, "{what}: {error}")
            }
            Self::CantDo { doing, path, error } => {
                let doing = match doing {
                    Doing::Read => "read",
                    Doing::Write => "write",
                    Doing::Make => "make",
                    Doing::Open => "open",
                    Doing::Lock => "lock",
                    Doing::Copy => "copy",
                    Doing::Remove => "remove",
                    Doing::Run => "run",
                };
                write!(f, "can't {doing} {path}: {error}")
            }
            Self::CargoCantRead { said } => write!(f, "cargo can't read this workspace:\n{said}"),
            Self::BuildEnded { seconds, variable } => write!(
                f,
                "the build was ended: no crate of it was finished for {seconds} seconds ({variable})"
            ),
            Self::NothingIsOpen => {
                write!(f, "nothing is open: name an exercise (`cargo course` lists them)")
            }
            Self::OneForAnswer => write!(
                f,
                "--answer needs the one exercise that the files answer: cargo course check NAME --answer FILE"
            ),
            Self::OneToReset => write!(f, "name one exercise to reset, or say --all"),
            Self::NobodyToAsk { names } => {
                write!(f, "nobody is here to be asked whether to reset {names}: add --yes")
            }
            Self::NothingChecked => write!(f, "nothing was checked"),
            Self::NoLessons { root } => {
                write!(f, "{root} has no lessons: run `cargo course` in the Crumbs workspace")
            }
            Self::ALesson { typed, exercises: "" } => {
                write!(f, "`{typed}` is a lesson, not an exercise; it has none yet")
            }
            Self::ALesson { typed, exercises } => {
                write!(f, "`{typed}` is a lesson, not an exercise; its exercises: {exercises}")
            }
            Self::Unknown { what, typed, way_out } => {
                let what = match what {
                    Named::Exercise => "exercise",
                    Named::LessonOrExercise => "lesson or exercise",
                    Named::Answer => "answer",
                };
                write!(f, "there is no {what} `{typed}`")?;
                match way_out {
                    WayOut::Near(near) => write!(f, "; did you mean `{near}`?"),
                    WayOut::NoneYet => write!(f, ": there are none yet"),
                    WayOut::These(names) => write!(f, ": there is {names}"),
                    WayOut::Listed => write!(f, ": `cargo course` lists them"),
                }
            }
        }
    }

    fn chinese(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exercises { number, solved } => {
                write!(f, "{number} 个练习，解决了 {solved} 个")
            }
            Self::Lesson { number, title } => write!(f, "第 {number} 课：{title}"),
            Self::ReadAndRun { document, number } => {
                write!(f, "阅读 {document}，运行：cargo course run {number}")
            }
            Self::Exercise { number, name, title } => write!(f, "{number} {name}：{title}"),
            Self::IsSolved => write!(f, "已解决"),
            Self::IsOpen => write!(f, "未解决"),
            Self::IsBroken => write!(f, "编译不过"),
            Self::Core => write!(f, "必做"),
            Self::Minutes(minutes) => write!(f, "{minutes:>2} 分钟"),
            Self::Next { name, is_broken, source } => {
                let state = if *is_broken { "编译不过" } else { "还没有解决" };
                write!(
                    f,
                    "接下来：{name} {state}。修改 {source}，然后输入：\n  cargo course watch {name}"
                )
            }
            Self::TaskHasChanged { name } => write!(
                f,
                "你开始以后，{name} 的任务改过了。你的答案还是原来的样子；怎样把它搬过去，见 crates/course/README.md 的 \
                 \"When a task changes\"（任务改动的时候，英文）。"
            ),
            Self::NoExercises => write!(f, "还没有练习：先阅读并运行各课。"),
            Self::AllSolved => write!(f, "全部解决了。"),
            Self::NowPass { passed, of } => write!(f, "{of} 个测试通过了 {passed} 个。"),
            Self::ScoreInShort { passed, of } => write!(f, "未解决，{passed}/{of}"),
            Self::SolvedOf { solved, of } => write!(f, "{of} 个解决了 {solved} 个。"),
            Self::Failed { test } => write!(f, "没有通过：{test}"),
            Self::AlsoFailed => write!(f, "也没有通过："),
            Self::ServerPrinted => write!(f, "服务器打印了："),
            Self::MoreLines(lines) => write!(f, "[还有 {lines} 行]"),
            Self::MoreCharacters(characters) => write!(f, "[还有 {characters} 个字符]"),
            Self::DoesNotCompile => write!(f, "编译不过。"),
            Self::FaultElsewhere => write!(f, "构建不出来，毛病不在练习里。"),
            Self::FixThen { source } => write!(f, "改正 {source}，然后："),
            Self::EditThen { passed, of, source } => {
                write!(f, "{of} 个测试通过了 {passed} 个。修改 {source}，然后：")
            }
            Self::Stuck => write!(f, "卡住了？"),
            Self::Solved { passed, of } => write!(f, "解决了：{of} 个测试通过了 {passed} 个。"),
            Self::AnswerAloud => write!(f, "大声回答："),
            Self::OurSolution => write!(f, "我们的答案，以及别的答案为什么不对："),
            Self::CompilerWarns => write!(f, "编译器警告："),
            Self::BodyBeforeLast { function, body } => write!(
                f,
                "`{function}` 的参数顺序不对：`{body}` 读取请求的正文，而 axum 只把正文交给最后一个参数。把 `{body}` 放到最后。"
            ),
            Self::NoHandler => write!(
                f,
                "axum 不把这个函数当作处理函数。处理函数是 `async fn`；每个参数都是提取器；读取正文的那一个（`Form`、`Json`、\
                 `String`）放在最后；它返回的东西能做成响应；而且在任何一个 `.await` 处，它都不再拿着 `std` 的锁\
                 （`MutexGuard`）：把锁放进一个单独的块里，让它在那之前结束。"
            ),
            Self::NoDebugHandler => {
                write!(f, "（编译器提到的 `#[axum::debug_handler]`，这里没有开启。）")
            }
            Self::NoHints { name } => write!(f, "{name} 没有提示。"),
            Self::Hint { number, of, text } => write!(f, "提示 {number}/{of}：{text}"),
            Self::LastHint { name } => {
                write!(f, "这是最后一个提示。要看答案：cargo course solution {name} --spoil")
            }
            Self::NotSolvedYet { name } => write!(
                f,
                "{name} 还没有解决。再检查一次：\n  cargo course check {name}\n还是想看答案：\n  cargo course solution {name} \
                 --spoil"
            ),
            Self::WholeFile { name } => {
                write!(f, "整个文件：cargo course solution {name} --whole")
            }
            Self::WhyWrong => write!(f, "人们还会怎样做，为什么不对（英文）"),
            Self::RightAsWell => write!(f, "还有哪些也对（英文）"),
            Self::Answer { why, slug, base: "solution" } => {
                write!(f, "- {why}（{slug}，和答案比较）")
            }
            Self::Answer { why, slug, .. } => write!(f, "- {why}（{slug}，和开始时比较）"),
            Self::Fails { test } => write!(f, "没有通过：{test}"),
            Self::Aloud => write!(f, "大声回答（回答是英文）"),
            Self::Keys => write!(
                f,
                "正在看着。保存文件就检查；输入字母再按回车：h 提示，n 下一个练习，q 退出；只按回车就再检查一次。"
            ),
            Self::NoOther => write!(f, "没有别的练习要解决了。"),
            Self::NoKey { typed } => write!(f, "`{typed}` 不是 h、n、q，也不是回车。"),
            Self::NowPasses { test } => write!(f, "现在通过了：{test}"),
            Self::NowFails { test } => write!(f, "现在通不过了：{test}"),
            Self::SameFailure => write!(f, "没有变化：同一个测试，同样没有通过。"),
            Self::SaveAndItStarts { source, name } => {
                write!(f, "保存 {source}，{name} 就重新启动。")
            }
            Self::Building => write!(f, "有改动：正在构建。改动之前的服务器这时继续运行。"),
            Self::Built => write!(f, "构建好了：服务器重新启动。"),
            Self::NotBuilt { serves: true } => {
                write!(f, "没有构建出来，见上文。改动之前的服务器继续运行。")
            }
            Self::NotBuilt { serves: false } => {
                write!(f, "没有构建出来，见上文。改到能构建出来为止，没有服务器在运行。")
            }
            Self::BrokeOff { status } => {
                write!(f, "服务器中断了（{status}）。再改动一次，它就重新启动。")
            }
            Self::NothingToReset { is_one: true } => {
                write!(f, "没有什么要重置的：它就是开始时的样子。")
            }
            Self::NothingToReset { is_one: false } => {
                write!(f, "没有什么要重置的：全都是开始时的样子。")
            }
            Self::NothingChanged => write!(f, "什么也没有改动。"),
            Self::IsAsAtTheStart { name, kept } => {
                write!(f, "{name} 回到了开始时的样子；你的答案保存在 {kept}")
            }
            Self::ShallReset { number, names } => write!(
                f,
                "要把 {number} 个练习恢复成开始时的样子吗（{names}）？你的答案会保存在旁边。[y/N] "
            ),
            Self::Copying => write!(f, "正在复制"),
            Self::Fetching => write!(f, "正在取所有的 crate"),
            Self::Packing => write!(f, "正在打包"),
            Self::Kit { file, files, crates, megabytes } => {
                write!(f, "{file}：{files} 个文件和 {crates} 个 crate，{megabytes} MB。")
            }
            Self::KitHasEdits { files } => {
                write!(f, "这些文件照现在的样子放在里面，和提交时的不一样：{files}")
            }
            Self::KitNeeds => write!(f, "笔记本还需要什么，见 README.zh.md 的“课前”。"),
            Self::Compiling { number, name } => write!(f, "正在编译第 {number} 个：{name}"),
            Self::Waiting => write!(f, "正在等这个工作区的另一次检查结束"),
            Self::Cant { what, error } => {
                let what = match what {
                    Cant::Ask => "没有办法提问",
                    Cant::ReadTheAnswer => "读不到回答",
                    Cant::FindAPort => "找不到空闲的端口",
                    Cant::Run(program) => return write!(f, "运行不了 {program}：{error}"),
                    Cant::TellTheFolder => "不知道当前文件夹是哪一个",
                    Cant::UnderstandCargo => "看不懂 `cargo metadata` 说的",
                    Cant::WriteJson => "写不出 JSON",
                };
                write!(f, "{what}：{error}")
            }
            Self::CantDo { doing, path, error } => {
                let doing = match doing {
                    Doing::Read => "读不了",
                    Doing::Write => "写不了",
                    Doing::Make => "建不了",
                    Doing::Open => "打不开",
                    Doing::Lock => "锁不了",
                    Doing::Copy => "复制不了",
                    Doing::Remove => "删不了",
                    Doing::Run => "运行不了",
                };
                write!(f, "{doing} {path}：{error}")
            }
            Self::CargoCantRead { said } => write!(f, "cargo 读不了这个工作区：\n{said}"),
            Self::BuildEnded { seconds, variable } => {
                write!(f, "构建被结束了：{seconds} 秒里没有一个 crate 编译完（{variable}）")
            }
            Self::NothingIsOpen => {
                write!(f, "没有未解决的练习了：请写出练习的名字（`cargo course` 会列出它们）")
            }
            Self::OneForAnswer => write!(
                f,
                "--answer 需要写明这些文件回答的是哪一个练习：cargo course check NAME --answer FILE"
            ),
            Self::OneToReset => write!(f, "请写出一个要重置的练习，或者写 --all"),
            Self::NobodyToAsk { names } => {
                write!(f, "要不要重置 {names}，这里没有人可以问：请加上 --yes")
            }
            Self::NothingChecked => write!(f, "什么也没有检查"),
            Self::NoLessons { root } => {
                write!(f, "{root} 里没有课：请在 Crumbs 的工作区里运行 `cargo course`")
            }
            Self::ALesson { typed, exercises: "" } => {
                write!(f, "`{typed}` 是一课，不是练习；它还没有练习")
            }
            Self::ALesson { typed, exercises } => {
                write!(f, "`{typed}` 是一课，不是练习；它的练习有：{exercises}")
            }
            Self::Unknown { what, typed, way_out } => {
                let what = match what {
                    Named::Exercise => "练习",
                    Named::LessonOrExercise => "课或练习",
                    Named::Answer => "答案",
                };
                write!(f, "没有叫 `{typed}` 的{what}")?;
                match way_out {
                    WayOut::Near(near) => write!(f, "；你是说 `{near}` 吗？"),
                    WayOut::NoneYet => write!(f, "：现在一个都没有"),
                    WayOut::These(names) => write!(f, "：有 {names}"),
                    WayOut::Listed => write!(f, "：`cargo course` 会列出它们"),
                }
            }
        }
    }
}
