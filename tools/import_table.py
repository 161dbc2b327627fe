"""An import-linter contract that reads as the table it enforces: one row a package, `package: what it may import`.

Import-linter's own layers say who stands above whom, but the architecture is not one pile: `doctor` stands on `views`
and `jobs` on `sandbox`, and neither side may look at the other. A table says that directly, and a row may be written
before its package exists.
"""

from collections.abc import Iterator

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class TableContract(Contract):
    """Each module belongs to the longest row that is a prefix of its name, and imports only rows that row allows."""

    rows = fields.ListField(subfield=fields.StringField())
    root_may_import = fields.ListField(subfield=fields.StringField(), required=False, default=[])

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Collect every import the table does not allow, and every module it does not know."""
        root = self.session_options["root_packages"][0]
        allowed = dict(self._parse_rows()) | {"": set(self.root_may_import)}
        faults = [
            f"row '{row}' allows '{name}', which has no row"
            for row, names in allowed.items()
            for name in names - allowed.keys()
        ]
        for module in sorted(name for name in graph.modules if name == root or name.startswith(f"{root}.")):
            row = _row_of(module, root, allowed)
            if row is None:
                faults.append(f"{module} belongs to no row")
                continue
            for imported in sorted(graph.find_modules_directly_imported_by(module)):
                target = _row_of(imported, root, allowed)
                # The root holds the version and one lazy name; importing it is importing nothing.
                if target and target != row and target not in allowed[row]:
                    lines = ", ".join(
                        str(found["line_number"])
                        for found in graph.get_import_details(importer=module, imported=imported)
                    )
                    faults.append(
                        f"{module} imports {imported} (line {lines}), but {row or root} may not import {target}"
                    )
        return ContractCheck(kept=not faults, metadata={"faults": faults})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line a fault."""
        for fault in check.metadata["faults"]:
            output.print_error(f"- {fault}", bold=False)
        output.new_line()

    def _parse_rows(self) -> Iterator[tuple[str, set[str]]]:
        for line in self.rows:
            row, _, allowed = line.partition(":")
            yield row.strip(), set(allowed.split())


def _row_of(module: str, root: str, rows: dict[str, set[str]]) -> str | None:
    """Name the row a module belongs to: '' for the root package, None for a module that is no part of it."""
    if module == root:
        return ""
    name = module.removeprefix(f"{root}.")
    matching = [row for row in rows if row and (name == row or name.startswith(f"{row}."))]
    return max(matching, key=len, default=None)
