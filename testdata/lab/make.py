"""Makes results.xlsx, a list of results as a lab's spreadsheet has it: /usr/bin/python3 make.py (openpyxl 3)."""
import datetime
import pathlib

import openpyxl

book = openpyxl.Workbook()
sheet = book.active
sheet.title = "结果"
sheet.append(["编号", "试管码", "结果", "接收时间", "报告时间", "备注"])
received, reported = datetime.datetime(2022, 1, 5, 14, 30), datetime.datetime(2022, 1, 5, 20, 5, 30)
sheet.append(["HS-1", "ZZ2022-0001", "阴性", received, reported, None])
# A barcode of digits only is a number in a spreadsheet.
sheet.append(["HS-2", 20220105002, "阳性", "2022/1/5 14:30", "2022-01-05 20:05:30", "复核"])
sheet.append([])
# Eighteen digits are more than a number keeps.
sheet.append(["HS-3", 202201050000000003, "阴性", received, reported, None])
sheet.append(["HS-4", "ZZ2022-0004", "弱阳", received, "昨天", "=1+1"])
sheet["F6"].data_type = "s"
# What a formula gave counts, not the formula. No value is kept by this writer, so the cell is empty.
sheet.append(["HS-5", "ZZ2022-0005", "可疑", 44566.604166666664, reported, "=CONCATENATE(\"a\",\"b\")"])
book.create_sheet("说明").append(["这一页不读"])
book.save(pathlib.Path(__file__).with_name("results.xlsx"))
