//! Parquet as a reader sees it that shares no code with the writer: types, UTC, and the values that JSONL has.

mod support;

use parquet::basic::{LogicalType, TimeUnit, Type as Physical};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use serde_json::Value;
use sostrace::evidence::rfc3339;
use support::sostrace as run;

/// A value of Parquet as JSONL writes it.
fn json(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Str(text) => Value::from(text.as_str()),
        Field::Long(number) => Value::from(*number),
        Field::Float(share) => Value::from((f64::from(*share) * 100.0).round() / 100.0),
        Field::TimestampMillis(at) => Value::from(rfc3339(*at)),
        other => panic!("no such type: {other:?}"),
    }
}

#[test]
fn an_independent_reader_finds_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    for table in ["journeys", "evidence", "incidents"] {
        let (parquet, jsonl) = (at(&format!("{table}.parquet")), at(&format!("{table}.jsonl")));
        let outputs = [format!("{table}={parquet}"), format!("{table}={jsonl}")];
        assert_eq!(run(&["analyze", "samples/connector-mismatch", "-o", &outputs[0], "-o", &outputs[1]]).0, 0);
        let reader = SerializedFileReader::new(std::fs::File::open(&parquet).unwrap()).unwrap();
        let rows: Vec<Row> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        let text = std::fs::read_to_string(&jsonl).unwrap();
        assert_eq!(rows.len(), text.lines().count());
        for (row, line) in rows.iter().zip(text.lines()) {
            let want: Value = serde_json::from_str(line).unwrap();
            assert_eq!(row.len(), want.as_object().unwrap().len());
            for (name, field) in row.get_column_iter() {
                assert_eq!(json(field), want[name.as_str()], "{table} {name}");
            }
        }
    }
}

#[test]
fn types_and_utc_are_stated_even_of_an_empty_table() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("j.parquet");
    let nothing = ["analyze", "samples/connector-mismatch", "--since", "2030-01-01", "-o"];
    for arguments in [&nothing[..], &["analyze", "samples/connector-mismatch", "--force", "-o"]] {
        assert_eq!(run(&[arguments, &[&file.display().to_string()]].concat()).0, 0);
        let reader = SerializedFileReader::new(std::fs::File::open(&file).unwrap()).unwrap();
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        let column = |name: &str| schema.columns().iter().find(|column| column.name() == name).unwrap().clone();
        assert_eq!((schema.num_columns(), column("latency_s").physical_type()), (41, Physical::INT64));
        assert_eq!(column("confidence").physical_type(), Physical::FLOAT);
        assert_eq!(column("subject").logical_type_ref(), Some(&LogicalType::String));
        match column("requested_at").logical_type_ref() {
            Some(LogicalType::Timestamp(stamp)) => assert!(stamp.is_adjusted_to_u_t_c && stamp.unit == TimeUnit::MILLIS, "{stamp:?}"),
            other => panic!("{other:?}"),
        }
    }
}
