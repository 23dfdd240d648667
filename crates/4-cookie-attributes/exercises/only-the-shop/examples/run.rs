//! Runs the exercise with the classroom around it: `cargo course run only-the-shop`, then <http://localhost:3104>.

use classroom::{Lesson, Stop};
use only_the_shop::app;

const LESSON: Lesson = Lesson {
    port: 3104,
    title: "the exercise only-the-shop",
    // The lesson's own: it leads to the document.
    package: "cookie-attributes",
    document: include_str!("../../../../../lessons/4-cookie-attributes.md"),
    drawings: &[(
        "4-cookie-attributes.svg",
        include_str!("../../../../../lessons/img/4-cookie-attributes.svg"),
    )],
    try_this: &["curl -i -d \"\" http://localhost:3104/shop/cart/add"],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, app()).await
}
