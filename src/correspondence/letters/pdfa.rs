//! What makes the file an archivable and readable one (PDF/A-2, tagged): metadata, output intent, structure, a file id
//! made of the content. printpdf leaves these out, or makes them of chance.

use super::sheet::{Role, Sheet};
use super::{LetterError, MM_PER_PT};
use lopdf::{Document, Object, ObjectId, Stream, StringFormat, dictionary};
use sha2::{Digest, Sha256};

const PRODUCER: &str = "Vaxline";

/// The structure type of a block.
#[must_use]
pub const fn tag(role: &Role) -> &'static str {
    match role {
        Role::Artifact => "Artifact",
        Role::Title => "H1",
        Role::Heading => "H2",
        Role::Paragraph => "P",
        Role::Entry => "LBody",
        Role::Cell { head: true, .. } => "TH",
        Role::Cell { head: false, .. } => "TD",
        Role::Figure(_) => "Figure",
    }
}

/// Completes a document of one page.
///
/// # Errors
/// When the document is not of the shape that the writer gives it.
pub fn complete(document: &mut Document, sheet: &Sheet) -> Result<(), LetterError> {
    let engine = |what: &str| LetterError::Engine(format!("complete the file: {what}"));
    let page = *document.get_pages().get(&1).ok_or_else(|| engine("no page"))?;
    let id = file_id(document);
    document.version = "1.7".into();
    document.trailer.set("ID", vec![Object::String(id.clone(), StringFormat::Hexadecimal); 2]);

    let info = dictionary! { "Title" => text(&sheet.title), "Producer" => text(PRODUCER) };
    let info = document.add_object(info);
    if let Ok(Object::Reference(old)) = document.trailer.get(b"Info").cloned() {
        document.objects.remove(&old);
    }
    document.trailer.set("Info", info);

    let metadata = Stream::new(
        dictionary! { "Type" => "Metadata", "Subtype" => "XML" },
        xmp(&sheet.title, sheet.language).into_bytes(),
    );
    // Readers of archives look for the packet without unpacking anything.
    let metadata = document.add_object(metadata.with_compression(false));
    let profile = document.add_object(Stream::new(dictionary! { "N" => 1 }, gray_profile()));
    let intent = dictionary! {
        "Type" => "OutputIntent",
        "S" => "GTS_PDFA1",
        "OutputConditionIdentifier" => Object::string_literal("Gray gamma 2.2"),
        "Info" => Object::string_literal("Gray gamma 2.2"),
        "DestOutputProfile" => profile,
    };
    let structure = structure(document, sheet, page);

    let page = document.get_object_mut(page).and_then(Object::as_dict_mut).map_err(|_| engine("no page"))?;
    page.set("StructParents", 0);
    page.set("Tabs", "S");
    page.remove(b"Annots");
    let catalog = document.catalog_mut().map_err(|_| engine("no catalog"))?;
    catalog.set("Lang", Object::string_literal(if sheet.language == "de" { "de-DE" } else { sheet.language }));
    catalog.set("MarkInfo", dictionary! { "Marked" => true });
    catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
    catalog.set("Metadata", metadata);
    catalog.set("OutputIntents", vec![Object::Dictionary(intent)]);
    catalog.set("StructTreeRoot", structure);
    Ok(())
}

/// The file's id is a digest of what is in it.
fn file_id(document: &Document) -> Vec<u8> {
    let mut digest = Sha256::new();
    for object in document.objects.values() {
        if let Object::Stream(stream) = object {
            digest.update(stream.content.len().to_be_bytes());
            digest.update(&stream.content);
        }
    }
    digest.finalize()[..16].to_vec()
}

/// Builds the tree of what is read aloud, in reading order; returns its root.
fn structure(document: &mut Document, sheet: &Sheet, page: ObjectId) -> ObjectId {
    let root = document.new_object_id();
    let whole = document.new_object_id();
    let mut kids: Vec<Object> = Vec::new();
    let mut marks: Vec<Object> = Vec::new();
    let mut table: OpenTable = None;
    let mut list: Option<(ObjectId, Vec<Object>)> = None;

    for block in sheet.blocks.iter().filter(|block| block.role != Role::Artifact && !block.items.is_empty()) {
        let mark = i64::try_from(marks.len()).unwrap_or(i64::MAX);
        let is_cell = matches!(block.role, Role::Cell { .. });
        if !is_cell {
            close_table(document, whole, &mut table, &mut kids);
        }
        if block.role != Role::Entry {
            close_list(document, whole, &mut list, &mut kids);
        }
        let mut element = dictionary! { "Type" => "StructElem", "S" => tag(&block.role), "Pg" => page, "K" => mark };
        match &block.role {
            Role::Cell { row, head } => {
                if *head {
                    element.set("A", dictionary! { "O" => "Table", "Scope" => "Column" });
                }
                let (_, rows) = table.get_or_insert_with(|| (document.new_object_id(), Vec::new()));
                if rows.last().is_none_or(|(last, ..)| last != row) {
                    rows.push((*row, document.new_object_id(), Vec::new()));
                }
                if let Some((_, row, cells)) = rows.last_mut() {
                    element.set("P", *row);
                    let id = document.add_object(element);
                    cells.push(id.into());
                    marks.push(id.into());
                }
            }
            Role::Entry => {
                let (list, entries) = list.get_or_insert_with(|| (document.new_object_id(), Vec::new()));
                let entry = document.new_object_id();
                element.set("P", entry);
                let id = document.add_object(element);
                document.set_object(
                    entry,
                    dictionary! { "Type" => "StructElem", "S" => "LI", "P" => *list, "K" => vec![Object::from(id)] },
                );
                entries.push(entry.into());
                marks.push(id.into());
            }
            Role::Figure(words) => {
                element.set("P", whole);
                element.set("Alt", text(words));
                element
                    .set("A", dictionary! { "O" => "Layout", "Placement" => "Block", "BBox" => bounds(sheet, block) });
                let id = document.add_object(element);
                kids.push(id.into());
                marks.push(id.into());
            }
            Role::Artifact | Role::Title | Role::Heading | Role::Paragraph => {
                element.set("P", whole);
                let id = document.add_object(element);
                kids.push(id.into());
                marks.push(id.into());
            }
        }
    }
    close_table(document, whole, &mut table, &mut kids);
    close_list(document, whole, &mut list, &mut kids);
    document.set_object(whole, dictionary! { "Type" => "StructElem", "S" => "Document", "P" => root, "K" => kids });
    let parents = document.add_object(dictionary! { "Nums" => vec![Object::Integer(0), Object::Array(marks)] });
    document.set_object(
        root,
        dictionary! {
            "Type" => "StructTreeRoot", "K" => vec![Object::from(whole)], "ParentTree" => parents, "ParentTreeNextKey" => 1,
        },
    );
    root
}

type OpenTable = Option<(ObjectId, Vec<(usize, ObjectId, Vec<Object>)>)>;

fn close_table(document: &mut Document, parent: ObjectId, table: &mut OpenTable, kids: &mut Vec<Object>) {
    let Some((id, rows)) = table.take() else { return };
    let mut row_ids: Vec<Object> = Vec::new();
    for (_, row, cells) in rows {
        document.set_object(row, dictionary! { "Type" => "StructElem", "S" => "TR", "P" => id, "K" => cells });
        row_ids.push(row.into());
    }
    document.set_object(id, dictionary! { "Type" => "StructElem", "S" => "Table", "P" => parent, "K" => row_ids });
    kids.push(id.into());
}

fn close_list(
    document: &mut Document,
    parent: ObjectId,
    list: &mut Option<(ObjectId, Vec<Object>)>,
    kids: &mut Vec<Object>,
) {
    let Some((id, entries)) = list.take() else { return };
    document.set_object(id, dictionary! { "Type" => "StructElem", "S" => "L", "P" => parent, "K" => entries });
    kids.push(id.into());
}

/// The rectangle around a picture, in points from the lower left corner.
fn bounds(sheet: &Sheet, block: &super::sheet::Block) -> Vec<Object> {
    let mut around = [f32::MAX, f32::MAX, f32::MIN, f32::MIN];
    for item in &block.items {
        if let super::sheet::Item::Rect { x, y, width, height, .. } = item {
            around = [
                around[0].min(*x),
                around[1].min(sheet.height - y - height),
                around[2].max(x + width),
                around[3].max(sheet.height - y),
            ];
        }
    }
    around.iter().map(|length| Object::Real((length / MM_PER_PT * 1000.0).round() / 1000.0)).collect()
}

/// A text string of the file: UTF-16 with its mark.
fn text(words: &str) -> Object {
    let bytes = [0xFE, 0xFF].into_iter().chain(words.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    Object::String(bytes, StringFormat::Hexadecimal)
}

fn xmp(title: &str, language: &str) -> String {
    let title = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        r#"<?xpacket begin="{mark}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
   <pdfaid:part>2</pdfaid:part>
   <pdfaid:conformance>A</pdfaid:conformance>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
   <pdf:Producer>{PRODUCER}</pdf:Producer>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"#,
        mark = '\u{FEFF}'
    )
}

/// A colour profile of version 2 for gray with gamma 2.2: the letter has no other colour.
fn gray_profile() -> Vec<u8> {
    fn number(profile: &mut Vec<u8>, value: u32) {
        profile.extend(value.to_be_bytes());
    }
    let words = |text: &str| text.len() as u32 + 1;
    let name = "Gray gamma 2.2";
    let mut description = b"desc\0\0\0\0".to_vec();
    number(&mut description, words(name));
    description.extend(name.bytes().chain([0]));
    description.extend([0; 4 + 4 + 2 + 1 + 67]);
    let mut right = b"text\0\0\0\0".to_vec();
    right.extend(b"No rights reserved\0");
    let d50 = [0x0000_F6D6_u32, 0x0001_0000, 0x0000_D32D];
    let mut white = b"XYZ \0\0\0\0".to_vec();
    d50.iter().for_each(|value| number(&mut white, *value));
    let mut curve = b"curv\0\0\0\0".to_vec();
    number(&mut curve, 1);
    curve.extend([0x02, 0x33]);

    let tags: [(&[u8; 4], Vec<u8>); 4] = [(b"desc", description), (b"cprt", right), (b"wtpt", white), (b"kTRC", curve)];
    let mut table = Vec::new();
    let mut data = Vec::new();
    number(&mut table, 4);
    for (signature, content) in tags {
        table.extend(signature);
        number(&mut table, (128 + 4 + 4 * 12 + data.len()) as u32);
        number(&mut table, content.len() as u32);
        data.extend(content);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let mut profile = Vec::new();
    number(&mut profile, (128 + table.len() + data.len()) as u32);
    number(&mut profile, 0);
    number(&mut profile, 0x0210_0000);
    profile.extend(b"mntrGRAYXYZ ");
    for part in [2021_u16, 1, 1, 0, 0, 0] {
        profile.extend(part.to_be_bytes());
    }
    profile.extend(b"acsp");
    profile.extend([0; 28]);
    d50.iter().for_each(|value| number(&mut profile, *value));
    profile.resize(128, 0);
    profile.extend(table);
    profile.extend(data);
    profile
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colour_profile_has_the_length_it_says() {
        let profile = gray_profile();
        assert_eq!(profile[..4], u32::try_from(profile.len()).unwrap_or(0).to_be_bytes());
        assert_eq!(&profile[36..40], b"acsp");
        assert_eq!(profile.len() % 4, 0);
    }

    #[test]
    fn a_title_cannot_break_the_metadata() {
        assert!(xmp("<a> & b", "de").contains("&lt;a&gt; &amp; b"));
    }
}
