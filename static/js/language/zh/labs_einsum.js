/** The lab `einsum` in Simplified Chinese. @type {import("../translate.js").Catalogue} */
export default {
  "What is contracted": "缩并什么",
  Equation: "等式",
  "Shapes of a, b, …": "a、b…… 的形状",
  Numbers: "数值",
  "your own": "自己填写",
  digits: "数字",
  "counting 0, 1, 2, …": "依次为 0、1、2……",
  "counting 1, 2, 3, …": "依次为 1、2、3……",
  ones: "全 1",
  "Cotangent g of the output": "输出的余切向量 g",
  "ones, as of y.sum()": "全 1，即 y.sum() 的梯度",
  "Your numbers, row by row; a semicolon between operands": "按行填写数值；操作数之间用分号",
  "Other digits": "换一组数字",
  "At most {operands} operands of {elements} elements, sizes up to {size}; one letter for each dimension, a comma between terms, -> before the output, ... for the rest. Numbers are float64.":
    "最多 {operands} 个操作数，每个最多 {elements} 个元素，每维大小不超过 {size}；每维一个字母，各项之间用逗号，输出前写 ->，其余维度写 ...。数值为 float64。",
  "Matrix product": "矩阵乘法",
  "… transposed": "……转置",
  "… before the sum": "……求和之前",
  "Without an arrow": "不写箭头",
  "Outer product": "外积",
  "Scalar product": "内积",
  "Sum of everything": "全部求和",
  "Matrix times vector": "矩阵乘向量",
  "Gram matrix": "Gram 矩阵",
  "Batched product": "批量矩阵乘法",
  "Any batch: the ellipsis": "任意批维：省略号",
  Transposition: "转置",
  Diagonal: "对角线",
  Trace: "迹",
  "Attention scores": "注意力分数",
  "Bilinear form": "双线性型",
  "How it reads": "怎样读",
  scalar: "标量",
  becomes: "得到",
  free: "自由",
  summed: "求和",
  "free, size {n}": "自由，大小 {n}",
  "summed, {n} times": "求和，{n} 项",
  " ": "",
  "There is no arrow, so the output is what occurs exactly once, sorted: {labels}.":
    "没有箭头，所以输出由恰好出现一次的指标按字母排序组成：{labels}。",
  "There is no arrow, and no index occurs exactly once: the output is a scalar.":
    "没有箭头，也没有恰好出现一次的指标：输出是标量。",
  "What occurs more than once is summed: {labels}.": "出现多次的指标被求和：{labels}。",
  "The ellipsis comes first.": "省略号排在最前面。",
  "Summed, because it is missing on the right: {labels}.": "右边没有，因此被求和：{labels}。",
  "Nothing is summed: every index stands on the right.": "不求和：每个指标右边都有。",
  "The ellipsis stands for {labels}, aligned from the right.": "省略号代表 {labels}，从右对齐。",
  "Operand {name} has {label} twice: only its diagonal is read.":
    "操作数 {name} 中 {label} 出现两次：只读取它的对角线。",
  "Operand {name} has size 1 along {labels}: it is broadcast.": "操作数 {name} 沿 {labels} 的大小为 1：会被广播。",
  "torch refuses it:": "torch 拒绝了：",
  "torch is asked …": "正在询问 torch……",
  "What torch says, recorded:": "录制到的 torch 报错：",
  "See it on the tape": "在磁带上查看",
  "Forward, as loops": "前向：写成循环",
  "Backward, as loops": "反向：写成循环",
  "Which contraction is played": "播放哪个缩并",
  "The loop nest": "嵌套循环",
  "Play, or step through it: one product at a time.": "播放或逐步查看：每次一个乘积。",
  "{cell} = {factors} = {numbers} = {product}": "{cell} = {factors} = {numbers} = {product}",
  "{cell} += {factors} = {numbers} = {product}; so far {sum}":
    "{cell} += {factors} = {numbers} = {product}；目前为 {sum}",
  "{cell} += {factors} = {numbers} = {product}; the sum is complete: {sum}":
    "{cell} += {factors} = {numbers} = {product}；求和完成：{sum}",
  "What goes back: each adjoint is a contraction, too": "反向传回什么：每个伴随也是一个缩并",
  "The operand trades places with the output: g comes in its stead, and {name}’s own indices are what is left.":
    "操作数与输出互换位置：g 代替它参与相乘，留下的是 {name} 自己的指标。",
  "Summed: {labels}.": "求和的指标：{labels}。",
  "Only {name} has {labels}: every place along it gets the same gradient, so the result is repeated (expand).":
    "只有 {name} 有 {labels}：沿这一维每个位置得到相同的梯度，因此结果被重复（expand）。",
  "{name} has size 1 along {labels} and was broadcast: its gradient is the sum along it.":
    "{name} 沿 {labels} 的大小为 1，被广播过：它的梯度是沿这一维的和。",
  "{name} has {labels} twice: the gradient lies on the diagonal, everything beside it is 0 (eye).":
    "{name} 中 {labels} 出现两次：梯度只在对角线上，其余为 0（eye）。",
  "All other factors have size 1 along {labels}: the result is repeated along it (expand).":
    "其余因子沿 {labels} 的大小都是 1：结果沿这一维重复（expand）。",
  "{letter} stands for {label}.": "{letter} 代表 {label}。",
  "Largest difference from the contraction: {n}.": "与缩并结果的最大差：{n}。",
  "Play these loops": "播放这些循环",
  "Back to the forward loops": "回到前向循环",
  "The same on the tape: what the engine ran": "磁带上的同一过程：引擎执行了什么",
  "{n} node": "{n} 个节点",
  "{n} nodes": "{n} 个节点",
  "torch builds einsum from simpler ops, and each of them has a node. In the engine’s order; a click opens the player there.":
    "torch 用更简单的算子拼出 einsum，每个算子都有一个节点。按引擎的顺序排列；点击即在播放器中打开。",

  "The lab takes equations of at most {n} characters.": "等式最多 {n} 个字符。",
  "The output would have {has} elements; the lab shows at most {most}: make a size smaller.":
    "输出会有 {has} 个元素；这里最多显示 {most} 个：请把某一维改小。",
  "The loops would take {has} products; the lab plays at most {most}: make a size smaller.":
    "循环要算 {has} 个乘积；这里最多播放 {most} 个：请把某一维改小。",
  "“{text}” is no number and is left out: write numbers with spaces between them, and ; between operands.":
    "“{text}”不是数，已忽略：数与数之间用空格，操作数之间用分号。",
  "Operand {name} has {needs} places and {has} numbers: missing ones are filled with digits, surplus ones are left out.":
    "操作数 {name} 有 {needs} 个位置、{has} 个数：缺的用数字补上，多的忽略。",
  "Type the shape of every operand, such as 2x3, 3x5.": "请输入每个操作数的形状，例如 2x3, 3x5。",
  "The lab takes at most {n} operands.": "最多 {n} 个操作数。",
  "“{text}” is no shape: write sizes with an x between them, such as 2x3, and () for a scalar.":
    "“{text}”不是形状：各维大小之间写 x，例如 2x3；标量写 ()。",
  "The size {odd} is not shown here: use sizes from 1 to {most}.": "大小 {odd} 在这里无法显示：请用 1 到 {most}。",
  "The lab shows at most {n} dimensions.": "最多显示 {n} 维。",
  "{text} has {has} elements; the lab shows at most {most}, which the tape holds one by one. Make it smaller.":
    "{text} 有 {has} 个元素；这里最多显示 {most} 个（磁带逐个保存）。请改小。",

  "operand {name}": "操作数 {name}",
  "the output": "输出",
  none: "无",
  "There is a second ellipsis in {where}: one is all a term can have, take this one away.":
    "{where}里有第二个省略号：一项只能有一个，请删去这个。",
  "A dot stands alone in {where}: an ellipsis is written with exactly three dots, as in ...ij.":
    "{where}里有单独的点：省略号要写成恰好三个点，如 ...ij。",
  "The equation has {terms} terms, but there are only {operands} operands: take a term away, or add a shape.":
    "等式有 {terms} 项，但只有 {operands} 个操作数：请删去一项，或增加一个形状。",
  "The equation has {terms} terms for {operands} operands: every operand needs a term, with a comma between them.":
    "等式有 {terms} 项，却有 {operands} 个操作数：每个操作数都要有一项，用逗号分开。",
  "“{letter}” is only half of an arrow: write -> without a space, once.":
    "“{letter}”只是半个箭头：请写 ->，中间不留空格，只写一次。",
  "An ellipsis is three single dots here: write ... instead of “{letter}”.":
    "这里的省略号是三个英文句点：请把“{letter}”写成 ...。",
  "“{letter}” is no index: an index is one letter from a to z or A to Z; sizes stand in the shapes.":
    "“{letter}”不是指标：指标是 a 到 z 或 A 到 Z 的一个字母；大小写在形状里。",
  "“{letter}” is no index: an index is one letter from a to z or A to Z.":
    "“{letter}”不是指标：指标是 a 到 z 或 A 到 Z 的一个字母。",
  "Operand {name} has {dims} dimensions, its term has {has} indices: write one index for each dimension, or ... for the rest.":
    "操作数 {name} 有 {dims} 维，而它的项有 {has} 个指标：每维写一个指标，或用 ... 代表其余维度。",
  "Operand {name} has only {dims} dimensions, its term has {has} indices: take some away.":
    "操作数 {name} 只有 {dims} 维，而它的项有 {has} 个指标：请删去几个。",
  "There is one output only: take the comma away.": "只有一个输出：请删去逗号。",
  "Index {label} stands twice in the output: an output has each index once. Take one away; a diagonal can be read (ii->i), not written.":
    "指标 {label} 在输出里出现两次：输出中每个指标只能出现一次。请删去一个；对角线可以读取（ii->i），不能写入。",
  "Index {label} is in the output and in no operand, so there is nothing to put there: use one of {known}.":
    "指标 {label} 只在输出里出现，操作数里没有，无值可填：请用 {known} 之一。",
  "Index {label} stands twice in operand {name}, for its diagonal, but its dimensions are {before} and {size}: make them equal, or use two letters.":
    "指标 {label} 在操作数 {name} 中出现两次（取对角线），但两维大小是 {before} 和 {size}：请改成相等，或用两个字母。",
  "The ellipsis covers a dimension of {before} in operand {other} and of {size} in operand {name}: they must be equal, or one of them 1.":
    "省略号在操作数 {other} 中覆盖大小为 {before} 的一维，在操作数 {name} 中覆盖大小为 {size} 的一维：两者必须相等，或其中一个为 1。",
  "Index {label} runs to {before} in operand {other} and to {size} in operand {name}: give both the same size, or use another letter in one of them.":
    "指标 {label} 在操作数 {other} 中大小为 {before}，在操作数 {name} 中为 {size}：请改成相同大小，或在其中一个里换个字母。",
};
