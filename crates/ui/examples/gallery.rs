//! Writes every page as static HTML, with its assets, into a folder: `gallery OUTDIR`.

use lianfang_kernel::Lang;
use lianfang_ui::{assets, gallery};
use std::{error::Error, fmt::Write as _, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let out = std::env::args().nth(1).ok_or("usage: gallery OUTDIR")?;
    let out = Path::new(&out);
    for name in assets::missing() {
        eprintln!("{name} is not built: run `npm ci && npm run build` in web/");
    }
    fs::create_dir_all(out.join("assets"))?;
    for name in assets::names() {
        if let Some(asset) = assets::find(&name) {
            fs::write(out.join("assets").join(&name), &asset.bytes)?;
        }
    }
    let mut index = String::from("<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>Gallery</title><ul>");
    for lang in Lang::ALL {
        fs::create_dir_all(out.join(lang.tag()))?;
        for page in gallery::pages(lang) {
            let file = format!("{}/{}-{:?}.html", lang.tag(), page.name, page.frame)
                .to_lowercase()
                .replace("zh-cn", "zh-CN");
            // Static files have no server root: assets stand beside the language folders.
            fs::write(out.join(&file), page.html.replace("\"/assets/", "\"../assets/"))?;
            write!(index, "<li><a href=\"{file}\">{file}</a>")?;
        }
    }
    fs::write(out.join("index.html"), index)?;
    Ok(())
}
