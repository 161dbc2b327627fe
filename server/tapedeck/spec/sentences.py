"""What is wrong with a spec, in a sentence that says what to change, in every language."""

from __future__ import annotations

SENTENCES = {
    "not-an-object": (
        "A spec is a JSON object with inputs and layers.",
        "spec 应为一个 JSON 对象，包含 inputs 和 layers。",
    ),
    "unknown-key": ("There is no {key!r} here; there is: {known}.", "这里没有 {key!r}；可用的有：{known}。"),
    "wrong-kind": ("This should be {wanted}, not {given}.", "这里应为{wanted}，而不是 {given}。"),
    "missing": ("{key!r} is missing: {wanted}.", "缺少 {key!r}：{wanted}。"),
    "no-layers": ("A model needs at least one layer.", "模型至少需要一层。"),
    "no-inputs": (
        'A model needs at least one input, such as {{"x": {{"shape": [2, 3]}}}}.',
        '模型至少需要一个输入，例如 {{"x": {{"shape": [2, 3]}}}}。',
    ),
    "too-many": ("There are {n}; at most {most} are taken.", "共有 {n} 个，最多 {most} 个。"),
    "bad-name": (
        "{name!r} cannot be a name in Python: use letters, digits and _, no digit first, and no word of the language.",
        "{name!r} 不能用作 Python 名称：请用字母、数字和下划线，不以数字开头，也不能是关键字。",
    ),
    "taken-name": (
        "The name {name!r} is used twice; give one of them another.",
        "名称 {name!r} 用了两次，请改掉其中一个。",
    ),
    "unknown-layer": (
        "torch.nn has no layer {name!r} that a spec can use{hint}.",
        "torch.nn 中没有 spec 可用的层 {name!r}{hint}。",
    ),
    "unknown-function": (
        "There is no function {name!r} here; there is: {known}.",
        "这里没有函数 {name!r}；可用的有：{known}。",
    ),
    "unknown-loss": (
        "torch.nn has no loss {name!r} that a spec can use{hint}.",
        "torch.nn 中没有 spec 可用的损失 {name!r}{hint}。",
    ),
    "unknown-optimizer": (
        "torch.optim has no {name!r} that a spec can use{hint}.",
        "torch.optim 中没有 spec 可用的 {name!r}{hint}。",
    ),
    "unknown-argument": (
        "{of} takes no argument {name!r}{hint}. It takes: {known}.",
        "{of} 没有参数 {name!r}{hint}。它的参数有：{known}。",
    ),
    "missing-argument": ("{of} needs {name!r}, {wanted}.", "{of} 需要参数 {name!r}，类型为{wanted}。"),
    "too-many-arguments": (
        "{of} takes at most {most} arguments, not {n}.",
        "{of} 最多接受 {most} 个参数，而不是 {n} 个。",
    ),
    "wrong-argument": (
        "{name!r} of {of} should be {wanted}, not {given}.",
        "{of} 的 {name!r} 应为{wanted}，而不是 {given}。",
    ),
    "unknown-input": (
        "There is no {name!r} before this layer; there is: {known}.",
        "在这一层之前没有 {name!r}；可用的有：{known}。",
    ),
    "wrong-count": ("{of} takes {wanted} inputs, not {n}.", "{of} 需要 {wanted} 个输入，而不是 {n} 个。"),
    "layer-or-function": (
        "Each entry has either a 'layer' of torch.nn or a 'function', not both and not neither.",
        "每一项要么有 torch.nn 的 'layer'，要么有 'function'，二者恰好取其一。",
    ),
    "shape-or-values": ("Give either a 'shape' or 'values'.", "'shape' 与 'values' 恰好给出其一。"),
    "ragged": (
        "The values are not a full table: every row needs as many numbers.",
        "values 不是完整的表：每一行的数字个数必须相同。",
    ),
    "too-large": (
        "{n} numbers are more than {most}; make the shape smaller.",
        "{n} 个数超过了上限 {most}，请缩小 shape。",
    ),
    "loss-without-target": (
        "A loss needs a target: give its shape, its values or its classes.",
        "损失需要目标 target：请给出 shape、values 或 classes。",
    ),
    "optimizer-without-loss": (
        "An optimizer needs something to minimise: give a loss.",
        "优化器需要最小化的对象：请给出 loss。",
    ),
}
"""(English, Simplified Chinese) of each fault; in braces what it was about."""

KINDS = {
    "int": ("a whole number", "整数"),
    "float": ("a number", "数"),
    "bool": ("true or false", "true 或 false"),
    "str": ("a text", "文本"),
    "sizes": ("a whole number or a list of whole numbers", "整数或整数列表"),
    "any": ("a number, a text, a list, true, false or null", "数、文本、列表、true、false 或 null"),
    "object": ("an object", "对象"),
    "list": ("a list", "列表"),
    "shape": ("a list of whole numbers, each at least 1", "整数列表，每个至少为 1"),
    "numbers": ("a number or a list of numbers", "数或数的列表"),
    "fill": ("randn, rand, zeros, ones or arange", "randn、rand、zeros、ones 或 arange"),
    "mode": ("train or eval", "train 或 eval"),
    "steps": ("a whole number from 1 to 100", "1 到 100 的整数"),
    "classes": ("a whole number, at least 1", "至少为 1 的整数"),
    "name": ("a name of an input or of a layer before", "输入或前面某层的名称"),
}
"""(English, Simplified Chinese) of what is wanted."""

NEAR = (", did you mean {near!r}?", "，你是想写 {near!r} 吗？")
"""The hint, where a name like it exists; a sentence's own full stop follows a question mark nowhere else."""


class SpecError(ValueError):
    """A spec that does not describe a model: ``where`` is the place in it (``layers[1].args.bias``)."""

    def __init__(self, fault: str, where: str, **values: object) -> None:
        self.fault, self.where, self.values = fault, where, values
        super().__init__(self.sentence("en"))

    def sentence(self, language: str) -> str:
        """What is wrong and what would be right, in ``en`` or ``zh-Hans``."""
        column = 1 if language == "zh-Hans" else 0
        values = {key: self._said(key, value, column) for key, value in self.values.items()}
        said = SENTENCES[self.fault][column].format(**values)
        return said.replace("?.", "?").replace("？。", "？")

    @staticmethod
    def _said(key: str, value: object, column: int) -> object:
        if key == "wanted" and isinstance(value, str):
            return KINDS[value][column] if value in KINDS else value
        if key == "hint":
            return NEAR[column].format(near=value) if value else ""
        return value
