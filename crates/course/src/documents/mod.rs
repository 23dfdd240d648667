//! The documents: sections, code, transcripts, links, tables, drawings, each held against what is true.

pub mod check;
pub mod code_blocks;
pub mod course_pages;
pub mod drawings;
pub mod finding;
pub mod hints;
pub mod holes;
pub mod links;
pub mod matrix;
pub mod mirror;
pub mod pair;
pub mod python_blocks;
pub mod sections;
pub mod shell_words;
pub mod starts;
pub mod tables;
pub mod transcripts;
pub mod words;
