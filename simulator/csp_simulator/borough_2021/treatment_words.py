"""Words and shares of the treatment feeds: columns, codes, and how often each is met.

Sources: field order of NDTMS data set K, changed as sets O and P changed it; codes of the domain
specification 2.3 and 2.4. Agency and partnership codes are synthetic.
"""

from __future__ import annotations

#: Header of a file of data sets O and P.
NDTMS_HEADER = (
    "FINITIAL,SINITIAL,DOB,SEX,ETHNIC,NATION,REFLD,AGNCY,CLIENT,CLIENTID,"
    "EPISODID,CONSENT,PREVTR,PC,ACCMNEED,YPLAC,PRNTSTAT,YPSLEAD,YPSMHS,YPSYOT,"
    "YPSSEXEX,YPSSLFHM,YPSUNSDR,YPSOFFND,YPSESTAT,YPSGP,YPSCAF,YPSLNDIF,YPSUSS,"
    "YPSFOU,YPTSRP,DAT,LA,UTLA,GPPTCE,DRUG1,DRUG1AGE,ROUTE,DRUG2,DRUG3,RFLS,"
    "TRIAGED,CPLANDT,INJSTAT,CHILDWTH,PREGNANT,ALCDDAYS,ALCUNITS,HEPCTSTD,HEPCSTAT,"
    "HEPCTD,HEPBVAC,HEPBSTAT,HLCASSDT,TOPCC,DISD,DISRSN,DISDEST,YPELEAD,YPEMHS,"
    "YPEYOT,YPESEXEX,YPESLFHM,YPEUNSDR,YPEOFFND,YPECAFE,YPEFOU,YPELNDIF,YPEUSS,"
    "YPESTD,YPEGP,YPECAREP,MODAL,REFMODDT,MODSET,MODID,FAOMODDT,MODST,MODEND,"
    "MODEXIT,SUBMODDT,SUBMID,PHSTBL,PHWTH,PHMAIN,PHRELPR,PSYMOTI,PSYCNMG,PSYFSNI,"
    "PSYCGBH,PSYMNTH,PSYDNMC,PSYSTP,PSYCOUN,PSYOTHR,RECPEER,RECMAID,RECFMSP,"
    "RECPRNT,RECHSE,RECEMP,RECEDUT,RECWPRJ,RECCHKP,RECRLPP,RECCMPT,RECGNH,RECOTH,"
    "TOPDATE,TOPID,TRSTAGE,ALCUSE,OPIUSE,CRAUSE,COCAUSE,AMPHUSE,CANNUSE,OTDRGUSE,"
    "IVDRGUSE,SHARING,SHOTHEFT,DRGSELL,OTHTHEFT,ASSAULT,PSYHSTAT,PWORK,EDUCAT,"
    "ACUTHPBM,HRISK,PHSTAT,QUALLIFE,INJECT,SHARE,PREVHEPB,HEPCPOS,REFHEPGY,SEXUAL,"
    "EMPSTAT,OPRAGNCY,EHCSC2,EHCSC3,VETERAN,NALOXISS,NALOXAD"
)
NDTMS_COLUMNS = tuple(NDTMS_HEADER.split(","))
TRANSFER_COLUMNS = (
    "transfer_id",
    "attributor_token",
    "prison_code",
    "release_date",
    "referral_date",
    "receiving_agency",
    "first_community_triage_date",
    "need_type",
    "status",
)
RETURN_COLUMNS = (
    "area_code",
    "month",
    "metric_code",
    "value",
    "source_system",
    "provisional_flag",
    "return_version",
    "submitted_at",
)
PARTNERSHIP, OTHER_PARTNERSHIP = "L09B", "L12B"
AUTHORITY, OTHER_AUTHORITY = "E09000030", "E09000012"

AGENCIES = ("L0901", "L0902", "L0903", "L0904", "L0905", "L0906")
#: Share of each agency among opiate clients and among the others.
AGENCY_OPIATE = (0.38, 0.36, 0.0, 0.12, 0.03, 0.11)
AGENCY_OTHER = (0.48, 0.0, 0.36, 0.08, 0.05, 0.03)

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: How often a forename and a surname begin with each letter; few letters hold most people.
FORENAME = (12, 3, 3, 4, 2, 5, 3, 4, 4, 7, 4, 4, 17, 6, 2, 2, 0, 7, 12, 4, 1, 1, 1, 0, 2, 3)
SURNAME = (13, 12, 6, 3, 2, 2, 2, 7, 5, 2, 5, 3, 10, 2, 2, 3, 1, 6, 6, 3, 8, 1, 3, 0, 1, 1)

ETHNIC = ("A", "B", "C", "D", "G", "H", "J", "K", "L", "M", "N", "P", "S", "Z")
ETHNIC_SHARE = (38, 4, 9, 2, 2, 2, 1, 26, 2, 4, 3, 2, 2, 3)
NATION = ("GBR", "BGD", "IRL", "SOM", "POL", "ITA", "LTU", "PRT")
NATION_SHARE = (78, 8, 2, 3, 3, 2, 2, 2)
SECTORS = (
    *("E1 1", "E1 2", "E1 4", "E1 5", "E1 6", "E1W 2", "E1W 3"),
    *("E2 0", "E2 6", "E2 7", "E3 2", "E3 3", "E3 4", "E3 5"),
    *("E14 0", "E14 3", "E14 6", "E14 7", "E14 8", "E14 9"),
)
REFERRAL = ("4", "3", "5", "6", "8", "13", "9", "19", "15", "24")
REFERRAL_SHARE = (43, 13, 9, 4, 8, 9, 4, 3, 5, 2)
CRIMINAL_JUSTICE = ("5", "6", "8", "13")
PRISON_REFERRAL = "13"
ACCOMMODATION, ACCOMMODATION_SHARE = ("1", "2", "3"), (10, 17, 73)
INJECTING, INJECTING_SHARE = ("P", "C", "N", "Z"), (22, 12, 63, 3)

#: Substances of each kind of client: first, second and third code, and how often.
DRUGS_OPIATE = (
    (("1011", "3201", "9997"), 42),
    (("1011", "9996", "9997"), 25),
    (("1011", "3201", "7000"), 8),
    (("1011", "7000", "9997"), 8),
    (("1105", "9996", "9997"), 5),
    (("1000", "9996", "9997"), 7),
    (("1000", "2200", "9997"), 5),
)
DRUGS_OTHER = (
    (("7000", "9996", "9997"), 42),
    (("7000", "3200", "9997"), 12),
    (("5000", "7000", "9997"), 9),
    (("5000", "9996", "9997"), 18),
    (("3200", "5000", "9997"), 9),
    (("3201", "5000", "9997"), 5),
    (("3406", "9996", "9997"), 2),
    (("9005", "2200", "9997"), 3),
)
DRUG_KIND = {"1011": "opiate", "1105": "opiate", "1000": "opiate", "3201": "crack"}
ALCOHOL, NO_DRUG = "7000", ("9996", "9997")

#: Discharge reasons, and how often at the end of an opiate and of another episode.
REASONS = ("80", "81", "82", "83", "84", "85", "86", "87", "88", "89", "7", "10")
REASON_OPIATE = (14, 0, 8, 8, 6, 40, 6, 6, 4, 4, 2, 2)
REASON_OTHER = (24, 22, 10, 3, 1, 30, 3, 1, 3, 1, 1, 1)
COMPLETED = ("80", "81", "82")
UNPLANNED = ("85", "86", "87", "88", "89", "7", "10")
TRANSFERRED, DIED, DROPPED_OUT = "83", "89", "85"

PRISONS, PRISON_SHARE = ("PVI", "TSI", "BZI", "WSI", "HYI", "ISI"), (34, 26, 12, 12, 8, 8)
NEEDS, NEED_SHARE = ("opiate", "non_opiate", "alcohol"), (64, 20, 16)

#: Metric, monthly mean in the borough, source.
METRICS = (
    ("OCG_DISRUPT", 3.0, "BCU"),
    ("ARREST", 46.0, "BCU"),
    ("ARREST_HIGH_HARM", 6.0, "BCU"),
    ("CASH_SEIZED_GBP", 21000.0, "BCU"),
    ("SEIZURE", 88.0, "BCU"),
    ("CHARGE_TRAFFICKING", 19.0, "BCU"),
    ("CHARGE_WEAPON", 11.0, "BCU"),
    ("OOCD_POSSESSION", 41.0, "BCU"),
    ("CJS_REFERRAL", 24.0, "COUNCIL"),
    ("TX_NUMBERS", 60.0, "NDTMS"),
    ("NALOXONE_KITS", 55.0, "COUNCIL"),
    ("DRD", 2.0, "ONS"),
)
RETURN_AREAS = ((AUTHORITY, 1.0), (OTHER_AUTHORITY, 0.9))
