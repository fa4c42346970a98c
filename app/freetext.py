from app.imports.personal_data import seems_personal

__all__ = ["seems_personal"]
