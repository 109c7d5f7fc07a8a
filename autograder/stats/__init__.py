"""Item statistics: how hard and how telling is each part, how reliable the exam, how fair its variants?"""
