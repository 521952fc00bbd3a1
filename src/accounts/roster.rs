//! A roster of users as a CSV file: `login,display_name,role,phone_user,password`.
//!
//! The file is read whole before anything is written; every faulty line is named by its number and never quoted. The
//! separator is a comma or a semicolon, as the header line has it. `phone_user` and `password` may be empty or absent.

use super::model::{self, AccountsError, Login, Role};
use super::password::Password;
use crate::foundation::fault::Refusal;
use std::collections::{HashMap, HashSet};

/// A roster is at most this long.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// A user of a roster.
#[derive(Debug)]
pub struct Row {
    /// What will be typed at log-in.
    pub login: Login,
    /// What colleagues will read.
    pub display_name: String,
    /// What the user may do.
    pub role: Role,
    /// User of the telephone.
    pub phone_user: Option<String>,
    /// The password; drawn when the roster has none.
    pub password: Option<Password>,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineError {
    /// The line, from one.
    pub line: usize,
    /// A stable code, such as `bad_login`.
    pub code: &'static str,
}

/// A CSV file as spreadsheets write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The names in the header line.
    pub names: Vec<String>,
    /// The fields of the other lines, with the number of each line.
    pub records: Vec<(usize, Vec<String>)>,
}

/// Reads a CSV file, whole or not at all.
///
/// # Errors
/// The first line that cannot be read.
pub fn table(text: &str) -> Result<Table, LineError> {
    let whole = |code| LineError { line: 1, code };
    if text.len() > MAX_BYTES {
        return Err(whole("too_long"));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let header = text.lines().next().unwrap_or_default();
    let separator = if header.contains(';') { ';' } else { ',' };
    let mut records = records(text, separator)?.into_iter();
    let (_, names) = records.next().ok_or(whole("empty"))?;
    Ok(Table { names, records: records.collect() })
}

/// Reads a roster.
///
/// # Errors
/// Every faulty line.
pub fn parse(text: &str) -> Result<Vec<Row>, Vec<LineError>> {
    let whole = |code| vec![LineError { line: 1, code }];
    let Table { names, records } = table(text).map_err(|error| vec![error])?;
    let mut columns = HashMap::new();
    for (place, name) in names.iter().enumerate() {
        let name = match name.trim().to_lowercase().as_str() {
            "login" => "login",
            "display_name" => "display_name",
            "role" => "role",
            "phone_user" => "phone_user",
            "password" => "password",
            _ => return Err(whole("unknown_column")),
        };
        if columns.insert(name, place).is_some() {
            return Err(whole("doubled_column"));
        }
    }
    if ["login", "display_name", "role"].iter().any(|name| !columns.contains_key(name)) {
        return Err(whole("missing_column"));
    }
    let (mut rows, mut errors, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for (line, fields) in records {
        match row(&fields, &columns, names.len()) {
            Ok(row) if !seen.insert(row.login.clone()) => errors.push(LineError { line, code: "doubled_login" }),
            Ok(row) => rows.push(row),
            Err(code) => errors.push(LineError { line, code }),
        }
    }
    if errors.is_empty() { Ok(rows) } else { Err(errors) }
}

fn row(fields: &[String], columns: &HashMap<&str, usize>, width: usize) -> Result<Row, &'static str> {
    if fields.len() != width {
        return Err("wrong_number_of_fields");
    }
    let field = |name: &str| columns.get(name).and_then(|place| fields.get(*place)).map_or("", String::as_str);
    let code = |error: AccountsError| error.code();
    let login: Login = field("login").parse().map_err(code)?;
    let password = match field("password") {
        "" => None,
        typed => Some(Password::chosen(typed, &login).map_err(code)?),
    };
    Ok(Row {
        display_name: model::display_name(field("display_name")).map_err(code)?,
        role: field("role").trim().parse().map_err(code)?,
        phone_user: model::phone_user(field("phone_user")).map_err(code)?,
        login,
        password,
    })
}

/// Splits CSV (RFC 4180) into records with their line numbers; empty lines are skipped.
fn records(text: &str, separator: char) -> Result<Vec<(usize, Vec<String>)>, LineError> {
    let (mut records, mut fields, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut begun_at, mut quoted, mut was_quoted) = (1, 1, false, false);
    let mut letters = text.chars().peekable();
    loop {
        let letter = letters.next();
        match letter {
            Some('"') if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            Some('"') if quoted => quoted = false,
            Some('"') if field.is_empty() && !was_quoted => (quoted, was_quoted) = (true, true),
            Some('"') => return Err(LineError { line, code: "stray_quote" }),
            Some('\n') | None if !quoted => {
                if field.ends_with('\r') && !was_quoted {
                    field.pop();
                }
                if !fields.is_empty() || !field.is_empty() || was_quoted {
                    fields.push(std::mem::take(&mut field));
                    records.push((begun_at, std::mem::take(&mut fields)));
                }
                was_quoted = false;
                line += 1;
                begun_at = line;
                if letter.is_none() {
                    return Ok(records);
                }
            }
            None => return Err(LineError { line: begun_at, code: "open_quote" }),
            Some(letter) if letter == separator && !quoted => {
                fields.push(std::mem::take(&mut field));
                was_quoted = false;
            }
            Some('\r') if was_quoted && !quoted => {}
            Some(letter) => {
                if letter == '\n' {
                    line += 1;
                }
                field.push(letter);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_roster_from_a_spreadsheet_is_read() {
        let text = "\u{feff}Login;Display_Name;Role;Phone_User\r\nt.yildiz;\"Yıldız; T.\";agent;1001\r\n\r\nlead;\"Die \"\"Chefin\"\"\";supervisor;\r\n";
        let rows = parse(text).expect("a roster");
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].display_name, "Yıldız; T.");
        assert_eq!(rows[0].phone_user.as_deref(), Some("1001"));
        assert_eq!(rows[1].display_name, "Die \"Chefin\"");
        assert_eq!(rows[1].role, Role::Supervisor);
        assert!(rows.iter().all(|row| row.password.is_none()));
    }

    #[test]
    fn every_faulty_line_is_named() {
        let text = "login,display_name,role,password\na,A,agent,\nb b,B,agent,\nc,C,boss,\nA,again,agent,\nd,D,agent,short\ne,E\n";
        let errors: Vec<_> = parse(text).expect_err("faulty").into_iter().map(|e| (e.line, e.code)).collect();
        assert_eq!(
            errors,
            [
                (3, "bad_login"),
                (4, "bad_role"),
                (5, "doubled_login"),
                (6, "weak_password"),
                (7, "wrong_number_of_fields")
            ]
        );
    }

    #[test]
    fn a_file_that_is_no_roster_is_refused() {
        for (text, code) in [
            ("", "empty"),
            ("login,role\n", "missing_column"),
            ("login,display_name,role,shoe_size\n", "unknown_column"),
            ("login,login,display_name,role\n", "doubled_column"),
            ("login,display_name,role\n\"a,b,agent", "open_quote"),
            ("login,display_name,role\na\"b,b,agent", "stray_quote"),
        ] {
            assert_eq!(parse(text).expect_err("no roster")[0].code, code, "{code}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_fall_over(text in "(?s).{0,200}") {
            let _ = parse(&format!("login,display_name,role\n{text}"));
            let _ = parse(&text);
        }
    }
}
