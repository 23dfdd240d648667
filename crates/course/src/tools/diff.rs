//! The difference between two lists of lines, with a rule of one's own for "equal".

/// One step from the old lines to the new ones, by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Old line and new line are equal.
    Keep(usize, usize),
    /// The old line goes.
    Remove(usize),
    /// The new line comes.
    Add(usize),
}

/// The shortest list of steps from `old` to `new`, by the longest common subsequence.
///
/// Quadratic; documents and answers have few lines. What the ends share is set aside first.
pub fn steps<A, B>(old: &[A], new: &[B], equal: impl Fn(&A, &B) -> bool) -> Vec<Step> {
    let mut start = 0;
    while start < old.len() && start < new.len() && equal(&old[start], &new[start]) {
        start += 1;
    }
    let mut end = 0;
    while end < old.len() - start
        && end < new.len() - start
        && equal(&old[old.len() - 1 - end], &new[new.len() - 1 - end])
    {
        end += 1;
    }
    let (rows, columns) = (old.len() - start - end, new.len() - start - end);
    let same = |row: usize, column: usize| equal(&old[start + row], &new[start + column]);

    // longest[row][column]: the longest common subsequence of what is left from there.
    let mut longest = vec![vec![0u32; columns + 1]; rows + 1];
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            longest[row][column] = if same(row, column) {
                longest[row + 1][column + 1] + 1
            } else {
                longest[row + 1][column].max(longest[row][column + 1])
            };
        }
    }

    let mut steps: Vec<Step> = (0..start).map(|at| Step::Keep(at, at)).collect();
    let (mut row, mut column) = (0, 0);
    while row < rows || column < columns {
        if row < rows && column < columns && same(row, column) {
            steps.push(Step::Keep(start + row, start + column));
            (row, column) = (row + 1, column + 1);
        } else if row < rows
            && (column == columns || longest[row + 1][column] >= longest[row][column + 1])
        {
            steps.push(Step::Remove(start + row));
            row += 1;
        } else {
            steps.push(Step::Add(start + column));
            column += 1;
        }
    }
    steps.extend((0..end).map(|at| Step::Keep(old.len() - end + at, new.len() - end + at)));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_is_a_removal_and_an_addition() {
        let found = steps(&["a", "b", "c"], &["a", "x", "c"], |a, b| a == b);
        assert_eq!(found, [Step::Keep(0, 0), Step::Remove(1), Step::Add(1), Step::Keep(2, 2)]);
    }

    #[test]
    fn a_moved_line_goes_and_comes_back() {
        let found = steps(&["a", "b", "c"], &["b", "a", "c"], |a, b| a == b);
        assert_eq!(found.iter().filter(|step| matches!(step, Step::Keep(..))).count(), 2);
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn nothing_against_something() {
        assert_eq!(steps(&[], &["a"], |a: &&str, b: &&str| a == b), [Step::Add(0)]);
        assert_eq!(steps(&["a"], &[], |a: &&str, b: &&str| a == b), [Step::Remove(0)]);
    }
}
