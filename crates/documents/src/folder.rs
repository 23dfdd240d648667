//! The folder `lessons/`: documents and drawings, read when somebody asks for them, so that an edit shows at once.
//!
//! It is found from where this crate was built. A name is compared with those that the folder lists, and never put into a
//! path: whatever a client asks for, it stays in the folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The folder with the documents of all lessons.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The one that lies beside this crate.
    #[must_use]
    pub fn of_the_course() -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self::at(source.ancestors().nth(2).unwrap_or(source).join("lessons"))
    }

    /// The one with this path.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The names of the lessons' documents, without `.md`, in order: `1-stateless-http`.
    ///
    /// # Errors
    ///
    /// What the system says, where the folder can't be read.
    pub fn lessons(&self) -> io::Result<Vec<String>> {
        let mut names: Vec<_> = list(&self.0)?
            .into_iter()
            .filter_map(|path| Some(name(&path)?.strip_suffix(".md")?.to_owned()))
            .filter(|name| name.starts_with(|first: char| first.is_ascii_digit()))
            .collect();
        names.sort();
        Ok(names)
    }

    /// The text of `NAME.md`; `None` where the folder has no such document.
    ///
    /// # Errors
    ///
    /// As [`Folder::lessons`].
    pub fn document(&self, name: &str) -> io::Result<Option<String>> {
        let found = find(&self.0, &format!("{name}.md"));
        found.and_then(|path| path.map(fs::read_to_string).transpose())
    }

    /// Its text in Chinese, where there is one.
    #[must_use]
    pub fn chinese(&self, name: &str) -> Option<String> {
        self.in_chinese().document(name).ok()?
    }

    /// The title of a lesson in Chinese, without the number: what stands behind `：` in the first line. `name` is the document's.
    #[must_use]
    pub fn chinese_title(&self, name: &str) -> Option<String> {
        Some(self.chinese(name)?.lines().next()?.split_once('：')?.1.to_owned())
    }

    /// The starters of the exercises of a lesson, of which this is the document's name and no client's word for it.
    #[must_use]
    pub fn starters(&self, lesson: &str) -> Vec<String> {
        let exercises = self.0.with_file_name("crates").join(lesson).join("exercises");
        let exercises = list(&exercises).unwrap_or_default().into_iter();
        exercises
            .filter_map(|path| fs::read_to_string(path.join(".answers/starter.rs")).ok())
            .collect()
    }

    /// The same folder, in Chinese.
    #[must_use]
    pub fn in_chinese(&self) -> Self {
        Self(self.0.join("zh"))
    }

    /// The drawing with this file name; `None` where there is no such SVG.
    #[must_use]
    pub fn drawing(&self, name: &str) -> Option<Vec<u8>> {
        let path = find(&self.0.join("img"), name).ok()??;
        path.extension().is_some_and(|kind| kind == "svg").then(|| fs::read(path).ok())?
    }
}

fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

/// The file that the folder lists under exactly this name.
fn find(folder: &Path, file: &str) -> io::Result<Option<PathBuf>> {
    Ok(list(folder)?.into_iter().find(|path| name(path) == Some(file)))
}

fn name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lessons_are_in_order_and_each_has_its_document() {
        let folder = Folder::of_the_course();
        let lessons = folder.lessons().unwrap_or_default();
        let numbers: Vec<_> = lessons
            .iter()
            .filter_map(|name| name.split('-').next()?.parse::<usize>().ok())
            .collect();
        assert!(!numbers.is_empty(), "{folder:?}");
        assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>(), "{lessons:?}");
        for name in lessons {
            let text = folder.document(&name).ok().flatten();
            assert!(text.is_some_and(|text| text.starts_with("# ")), "{name}");
        }
    }

    #[test]
    fn a_title_in_chinese_is_that_of_the_lessons_document() {
        let title = |name| Folder::of_the_course().chinese_title(name);
        assert_eq!(title("1-stateless-http").as_deref(), Some("无状态的 HTTP"));
        assert_eq!(title("1-x"), None);
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let folder = Folder::of_the_course();
        for name in [
            "",
            ".",
            "..",
            "../README",
            "img/../README",
            "/etc/passwd",
            "readme",
            "README.md",
            "img",
        ] {
            assert!(matches!(folder.document(name), Ok(None)), "{name}");
        }
        for name in [
            "",
            "..",
            "../README.md",
            "../1-stateless-http.md",
            "wire-view.png",
            "2-RAW-cookies.svg",
        ] {
            assert_eq!(folder.drawing(name), None, "{name}");
            assert_eq!(folder.in_chinese().drawing(name), None, "{name}");
        }
        assert!(folder.drawing("2-raw-cookies.svg").is_some());
    }

    #[test]
    fn a_folder_that_is_gone_is_an_error_that_names_it_and_has_no_drawing() {
        let folder = Folder::at("no/such/folder");
        assert_eq!(folder.path(), Path::new("no/such/folder"));
        assert!(folder.lessons().is_err() && folder.document("README").is_err());
        assert_eq!(folder.drawing("a.svg"), None);
    }
}
