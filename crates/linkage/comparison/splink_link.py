"""Links two lists with Splink and an expert's model: splink_link.py A.csv B.csv PAIRS.csv [--threads N] [--memory GB]."""

import argparse
import logging
import resource
import sys
import time

import duckdb
import splink.comparison_level_library as level
import splink.comparison_library as comparisons
from read_lists import read_list
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

SECONDS = time.perf_counter()


def say(what):
    used = resource.getrusage(resource.RUSAGE_SELF)
    wall = time.perf_counter() - SECONDS
    print(f"{what:12} cpu {used.ru_utime + used.ru_stime:8.1f} s  wall {wall:8.1f} s  peak {used.ru_maxrss >> 10} MB",
          file=sys.stderr)


def custom(name, *levels):
    return comparisons.CustomComparison(output_column_name=name, comparison_levels=list(levels))


def when(sql, label):
    return level.CustomLevel(sql, label_for_charts=label)


def missing(*columns):
    test = " OR ".join(f'"{column}_{side}" IS NULL' for column in columns for side in "lr")
    return level.CustomLevel(test, label_for_charts="missing").configure(is_null_level=True)


NAME = custom(
    "name",
    missing("name"),
    level.ExactMatchLevel("name", term_frequency_adjustments=True),
    level.ExactMatchLevel("sound").configure(tf_adjustment_column="sound"),
    when("(name_l LIKE '%*%' OR name_r LIKE '%*%') AND surname_l = surname_r", "fits the mask"),
    when("length(name_l) >= 3 AND length(name_r) >= 3 AND levenshtein(name_l, name_r) <= 1", "one character differs"),
    when("sound_l IS NOT NULL AND sound_r IS NOT NULL AND jaro_winkler_similarity(sound_l, sound_r) >= 0.92", "near sound"),
    when("surname_l = surname_r", "surname same"),
    level.ElseLevel(),
)
# With two numbers the date of birth in them is compared there, and only what was stated counts here.
BIRTH = custom(
    "birth",
    level.CustomLevel(
        "birth_l IS NULL OR birth_r IS NULL OR (idno_l IS NOT NULL AND idno_r IS NOT NULL"
        " AND (stated_l IS NULL OR stated_r IS NULL))", label_for_charts="missing",
    ).configure(is_null_level=True),
    when("birth_l = birth_r AND length(birth_l) = 10", "same"),
    when("year_l = year_r AND (length(birth_l) = 4 OR length(birth_r) = 4)", "same year, one has no day"),
    when("year_l = year_r AND (birth_l LIKE '%-01-01' OR birth_r LIKE '%-01-01')", "one is the first of January"),
    when("damerau_levenshtein(birth_l, birth_r) <= 1", "one digit differs"),
    when("year_l = year_r AND substr(birth_l, 6, 2) = substr(birth_r, 9, 2)", "day and month swapped"),
    when("abs(try_cast(birth_l AS date) - try_cast(birth_r AS date)) BETWEEN 17 AND 55", "may be a lunar date"),
    when("year_l = year_r", "same year"),
    level.ElseLevel(),
)
IDNO = custom(
    "idno",
    missing("idno"),
    level.ExactMatchLevel("idno"),
    when("idno_l LIKE replace(idno_r, '*', '_') OR idno_r LIKE replace(idno_l, '*', '_')", "fits the mask"),
    when("damerau_levenshtein(idno_l, idno_r) <= 1", "one mistake"),
    when("damerau_levenshtein(idno_l, idno_r) <= 2", "two mistakes"),
    when("substr(idno_l, 7, 8) = substr(idno_r, 7, 8)", "same birthday"),
    when("substr(idno_l, 1, 6) = substr(idno_r, 1, 6)", "same region"),
    level.ElseLevel(),
)
PHONE = custom(
    "phone",
    missing("phone"),
    level.ExactMatchLevel("phone", term_frequency_adjustments=True),
    when("damerau_levenshtein(phone_l, phone_r) <= 1", "one mistake"),
    level.ElseLevel(),
)
PLATE = custom(
    "plate",
    missing("plate"),
    level.ExactMatchLevel("plate"),
    when("damerau_levenshtein(plate_l, plate_r) <= 1", "one mistake"),
    level.ElseLevel(),
)
ADDRESS = custom(
    "address",
    when("coalesce(spot_l, home_l, township_l, county_l) IS NULL OR coalesce(spot_r, home_r, township_r, county_r) IS NULL",
         "missing").configure(is_null_level=True),
    when("spot_l = spot_r AND home_l = home_r", "same room"),
    when("spot_l = spot_r AND (home_l IS NULL OR home_r IS NULL)", "same place, no room"),
    when("home_l = home_r AND length(home_l) >= 5 AND township_l = township_r", "same room of a township"),
    when("home_l = home_r AND length(home_l) >= 5", "same room number"),
    when("spot_l = spot_r", "same place, another room"),
    when("township_l = township_r", "same township"),
    when("county_l = county_r", "same county"),
    level.ElseLevel(),
)
RULES = [
    block_on("idno"),
    block_on("phone"),
    block_on("sound", "birth"),
    block_on("sound", "spot"),
    block_on("sound", "year"),
    block_on("sound", "township"),
    block_on("spot", "home", "sex"),
    block_on("surname", "birth"),
    block_on("birth", "spot"),
    block_on("surname_sound", "plate"),
    block_on("substr(idno, 1, 14)", "sex"),
    block_on("substr(idno, 7, 11)"),
    block_on("sound", "substr(phone, 8, 4)"),
    block_on("sound", "substr(phone, 1, 6)"),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("a")
    parser.add_argument("b")
    parser.add_argument("out")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", type=int, default=8, help="GB for DuckDB")
    parser.add_argument("--folder", default="/tmp", help="where DuckDB may spill")
    arguments = parser.parse_args()
    logging.getLogger("splink").setLevel(logging.WARNING)
    lists = [read_list(path) for path in (arguments.a, arguments.b)]
    say("read")
    connection = duckdb.connect()
    connection.execute(f"SET threads = {arguments.threads}")
    connection.execute(f"SET memory_limit = '{arguments.memory}GB'")
    connection.execute(f"SET temp_directory = '{arguments.folder}/duckdb_spill'")
    api = DuckDBAPI(connection)
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[NAME, comparisons.ExactMatch("sex"), BIRTH, IDNO, PHONE, PLATE, ADDRESS],
        blocking_rules_to_generate_predictions=RULES,
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
        max_iterations=50,
    )
    tables = [api.register(frame, dataset_display_name=name) for frame, name in zip(lists, ("a", "b"))]
    linker = Linker(tables, settings, log_level=logging.WARNING)
    del lists
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("idno", "surname_sound"), block_on("phone", "sound"), block_on("sound", "birth")], recall=0.85
    )
    training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    say("u")
    # Rules that hardly anybody but one person meets: those that meet on a telephone are mostly of one household.
    for rule in (block_on("idno"), block_on("sound", "birth")):
        training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=2e6)
    say("learn")
    pairs = linker.inference.predict(threshold_match_weight=-10)
    say("predict")
    columns = "unique_id_l AS id_a, unique_id_r AS id_b, round(match_weight, 4) AS score"
    connection.execute(
        f"COPY (SELECT {columns} FROM {pairs.physical_name} ORDER BY score DESC) TO '{arguments.out}' (HEADER)"
    )
    say("written")


main()
