"""Reads exported files with pandas, openpyxl and DuckDB for `check-exports.mjs`: prints the cells of the first row by reader, as JSON."""
import datetime
import json
import sys

import duckdb
import openpyxl
import pandas


def text(cell):
    """A cell as text, to the last digit; None stays."""
    if cell is None or cell is pandas.NaT:
        return None
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return str(cell)


def main(folder):
    read = {}
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")

    def query(sql):
        relation = connection.sql(sql)
        names = ", ".join(f'"{name}"::VARCHAR' for name in relation.columns)
        return list(connection.sql(f"SELECT {names} FROM relation").fetchall()[0])

    csv = f"{folder}/all.csv"
    read["DuckDB, CSV"] = query(f"FROM read_csv('{csv}', all_varchar = true, header = true, quote = '\"', escape = '\"', nullstr = 'none')")
    read["DuckDB, Parquet"] = query(f"FROM '{folder}/all.parquet'")
    read["pandas, CSV"] = pandas.read_csv(csv, dtype=str, keep_default_na=False, lineterminator="\n").iloc[0].tolist()
    for name in ("json", "ndjson"):
        with open(f"{folder}/all.{name}", encoding="utf-8", newline="") as file:
            source = file.read()
        exact = {"parse_float": str, "parse_int": str}
        row = json.loads(source, **exact)["rows"][0] if name == "json" else json.loads(source.split("\n")[1], **exact)
        read[f"Python, {name}"] = row
    sheet = pandas.read_excel(f"{folder}/all.xlsx", dtype=object, keep_default_na=False, na_filter=False)
    read["pandas, XLSX"] = [text(cell) for cell in sheet.iloc[0].tolist()]
    cells = next(openpyxl.load_workbook(f"{folder}/all.xlsx").worksheets[0].iter_rows(min_row=2, max_row=2))
    read["openpyxl, XLSX"] = [text(cell.value) for cell in cells]
    print(json.dumps(read))


main(sys.argv[1])
