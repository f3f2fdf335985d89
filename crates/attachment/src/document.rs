//! Documents (ISO 32000): what is read stays, what runs, what is hidden inside and who wrote it goes.

use crate::jpeg::silenced;
use crate::{Attachment, MediaType, broken};
use lianfang_kernel::{Problem, Words};
use lopdf::{Dictionary, Document, LoadOptions, Object};

/// What one compressed part of a document may come to, in bytes.
const MOST_INFLATED: usize = 64 << 20;
/// Dictionaries inside dictionaries that are followed.
const DEEPEST: usize = 32;

/// What a document says of itself, or does by itself: metadata, scripts, actions, files inside, live forms.
const UNWANTED: [&[u8]; 13] = [
    b"Metadata",
    b"PieceInfo",
    b"Info",
    b"JS",
    b"JavaScript",
    b"OpenAction",
    b"AA",
    b"EmbeddedFiles",
    b"EF",
    b"AF",
    b"XFA",
    b"RichMediaContent",
    b"LastModified",
];
/// The only actions that stay: to another page, to an address the reader sees before opening it.
const HARMLESS: [&[u8]; 2] = [b"GoTo", b"URI"];
/// Every action there is (ISO 32000-2, table 201) that is not harmless.
const ACTIONS: [&[u8]; 18] = [
    b"GoToR",
    b"GoToE",
    b"GoToDp",
    b"Launch",
    b"Thread",
    b"Sound",
    b"Movie",
    b"Hide",
    b"Named",
    b"SubmitForm",
    b"ResetForm",
    b"ImportData",
    b"JavaScript",
    b"SetOCGState",
    b"Rendition",
    b"Trans",
    b"GoTo3DView",
    b"RichMediaExecute",
];

/// The document written from its objects, without what it says or does beside its pages.
///
/// # Errors
/// `bad_attachment`
pub(crate) fn clean(bytes: &[u8]) -> Result<Attachment, Problem> {
    let options = LoadOptions::with_max_decompressed_size(MOST_INFLATED);
    let mut document = Document::load_mem_with_options(bytes, options).map_err(|_| unreadable())?;
    if document.is_encrypted() || document.was_encrypted() {
        let hint = Words::new("请去掉密码后另存再传", "Save it without a password and send it again");
        return Err(broken(hint));
    }
    if document.get_pages().is_empty() {
        return Err(unreadable());
    }
    silence(&mut document.trailer, 0);
    for object in document.objects.values_mut() {
        silence_object(object, 0);
    }
    document.prune_objects();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).map_err(|_| unreadable())?;
    Ok(Attachment {
        media_type: MediaType::Pdf,
        bytes,
        size: None,
    })
}

fn silence_object(object: &mut Object, depth: usize) {
    match object {
        Object::Dictionary(dictionary) => silence(dictionary, depth),
        Object::Array(items) if depth < DEEPEST => {
            for item in items {
                silence_object(item, depth + 1);
            }
        }
        Object::Stream(stream) => {
            silence(&mut stream.dict, depth);
            let is_photograph = stream
                .dict
                .get(b"Filter")
                .and_then(Object::as_name)
                .is_ok_and(|filter| filter == b"DCTDecode");
            if is_photograph {
                let silent = silenced(&stream.content);
                stream.set_content(silent);
            }
        }
        // Deeper than any page needs: not followed, so not kept.
        Object::Array(_) => *object = Object::Null,
        _ => {}
    }
}

fn silence(dictionary: &mut Dictionary, depth: usize) {
    let acts = dictionary
        .get(b"S")
        .and_then(Object::as_name)
        .is_ok_and(|action| ACTIONS.contains(&action) && !HARMLESS.contains(&action));
    if acts || depth > DEEPEST {
        *dictionary = Dictionary::new();
        return;
    }
    for key in UNWANTED {
        dictionary.remove(key);
    }
    for (_, value) in dictionary.iter_mut() {
        silence_object(value, depth + 1);
    }
}

fn unreadable() -> Problem {
    broken(Words::new("请另存为 PDF 后再传", "Save it as PDF again and send that"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jpeg::tests::photograph;
    use lopdf::{Stream, dictionary};

    fn speaking() -> Document {
        let mut document = Document::with_version("1.7");
        let info = document.add_object(dictionary! { "Author" => Object::string_literal("Zhang San") });
        let script =
            document.add_object(dictionary! { "S" => "JavaScript", "JS" => Object::string_literal("app.alert(1)") });
        let picture = document.add_object(Stream::new(
            dictionary! { "Type" => "XObject", "Subtype" => "Image", "Width" => 16, "Height" => 8, "Filter" => "DCTDecode" },
            photograph(1),
        ));
        let content = document.add_object(Stream::new(dictionary! {}, b"BT (plan of prevention) Tj ET".to_vec()));
        let pages = document.new_object_id();
        let page = document.add_object(dictionary! {
            "Type" => "Page", "Parent" => pages, "Contents" => content,
            "Resources" => dictionary! { "XObject" => dictionary! { "P" => picture } },
            "Annots" => vec![Object::Dictionary(dictionary! { "Type" => "Annot", "A" => script })],
        });
        document.objects.insert(
            pages,
            Object::Dictionary(dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 }),
        );
        let catalog = document.add_object(dictionary! {
            "Type" => "Catalog", "Pages" => pages, "OpenAction" => script,
        });
        document.trailer.set("Root", catalog);
        document.trailer.set("Info", info);
        document
    }

    fn saved(mut document: Document) -> Vec<u8> {
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        bytes
    }

    fn says(bytes: &[u8], what: &str) -> bool {
        bytes.windows(what.len()).any(|part| part == what.as_bytes())
    }

    #[test]
    fn author_script_and_place_are_gone_and_the_page_stays() {
        let sent = saved(speaking());
        let kept = clean(&sent).unwrap();
        for secret in ["Zhang San", "app.alert", "JavaScript", "GPS ", "OpenAction"] {
            assert!(says(&sent, secret), "the sample says {secret}");
            assert!(!says(&kept.bytes, secret), "{secret} was kept");
        }
        assert!(says(&kept.bytes, "plan of prevention"));
        assert_eq!(Document::load_mem(&kept.bytes).unwrap().get_pages().len(), 1);
    }

    #[test]
    fn a_head_without_a_document_is_refused() {
        assert_eq!(clean(b"%PDF-1.7\nnothing").unwrap_err().code, "bad_attachment");
    }

    #[test]
    fn arrays_in_arrays_without_end_are_cut_and_not_followed() {
        let mut deep = Object::Integer(1);
        for _ in 0..DEEPEST * 4 {
            deep = Object::Array(vec![deep]);
        }
        silence_object(&mut deep, 0);
        let mut depth = 0;
        while let Object::Array(items) = &deep {
            deep = items[0].clone();
            depth += 1;
        }
        assert_eq!((depth, deep), (DEEPEST, Object::Null));
    }
}
