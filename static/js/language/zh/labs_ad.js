/** The lab `ad` in Simplified Chinese. @type {import("../translate.js").Catalogue} */
export default {
  "What is differentiated": "对什么求导",
  "Expression; a line for each output": "表达式；每个输出一行",
  "+ − * / ^, brackets, ln, exp, sin, cos, tan, tanh, sqrt, sigmoid, relu, abs, max, min. At most {inputs} inputs, {outputs} outputs, {ops} operations; numbers are float64.":
    "可用 + − * / ^、括号、ln、exp、sin、cos、tan、tanh、sqrt、sigmoid、relu、abs、max、min。最多 {inputs} 个输入、{outputs} 个输出、{ops} 个运算；数值为 float64。",
  "At the point": "求导的点",
  "Forward seed": "前向种子",
  "Reverse seed": "反向种子",
  own: "自定",
  Examples: "示例",
  "Examples…": "示例…",
  "The survey’s example": "综述论文里的例子",
  "Five inputs, one output": "五个输入，一个输出",
  "One input, three outputs": "一个输入，三个输出",
  "A neuron": "一个神经元",
  "Polar coordinates": "极坐标",
  "Where it breaks: ln(−1)": "出错的地方：ln(−1)",
  "Evaluation trace": "求值迹",
  step: "步骤",
  primal: "原值（primal）",
  tangent: "切向量（tangent）",
  adjoint: "伴随（adjoint）",
  "chain rule": "链式法则",
  "parts that arrive": "到达的各部分",
  seed: "种子",
  "an output": "输出",
  "not yet": "尚未算出",
  "forward: values and tangents": "前向：数值与切向量",
  "backward: adjoints": "反向：伴随",
  "Play, or step through it: values and tangents on the way down, adjoints on the way up.":
    "播放或逐步查看：向下走时得到数值和切向量，向上走时得到伴随。",
  "{name} = {input} = {value}; its tangent is seeded: {dot} = {tangent}.":
    "{name} = {input} = {value}；它的切向量是种子：{dot} = {tangent}。",
  "{name} = {value} is a constant: its tangent is 0.": "{name} = {value} 是常数：切向量为 0。",
  "{name} = {formula} = {value}, and with it {dot} = {rule} = {tangent}.":
    "{name} = {formula} = {value}，同时 {dot} = {rule} = {tangent}。",
  "The backward pass begins with the seed: {seeds}.": "反向传播从种子开始：{seeds}。",
  "All that concerns {name} has arrived: {arrived}. AccumulateGrad writes it into {name}.grad.":
    "{name} 的各部分已全部到达：{arrived}。AccumulateGrad 把它写入 {name}.grad。",
  "{arrived}; by the chain rule {name} = {formula} sends {sends}.":
    "{arrived}；按链式法则，{name} = {formula} 送出 {sends}。",
  "{arrived}; nothing is sent on.": "{arrived}；不再往前送。",
  "{value} to {name}": "{value} 给 {name}",
  "The expression as a graph: {rows}": "表达式的计算图：{rows}",
  "The whole Jacobian, by either mode": "用两种模式求整个雅可比矩阵",
  "Forward mode": "前向模式",
  "Reverse mode": "反向模式",
  "{n} input: {n} pass, a column each": "{n} 个输入：{n} 遍，每遍一列",
  "{n} inputs: {n} passes, a column each": "{n} 个输入：{n} 遍，每遍一列",
  "{n} output: {n} pass, a row each": "{n} 个输出：{n} 遍，每遍一行",
  "{n} outputs: {n} passes, a row each": "{n} 个输出：{n} 遍，每遍一行",
  "pass {n}": "第 {n} 遍",
  "Here forward mode is cheaper: the passes are as many as the inputs.": "这里前向模式更省：有几个输入就算几遍。",
  "Here reverse mode is cheaper: the passes are as many as the outputs. A loss has one output and a network millions of inputs.":
    "这里反向模式更省：有几个输出就算几遍。损失只有一个输出，而网络有上百万个输入。",
  "Here both need the same number of passes.": "这里两种模式要算的遍数相同。",
  "With a seed of one’s own a pass gives one sum of derivatives only: choose a single input and a single output to fill both tables.":
    "用自定的种子时，一遍只给出导数的一个加权和：请选单个输入和单个输出，以填满两张表。",
  "Largest difference between the two: {n}.": "两者的最大差：{n}。",
  "Forward mode, recorded with wrt={names}": "前向模式，用 wrt={names} 录制",
  "Forward mode, with torch’s own dual numbers": "前向模式，用 torch 自带的对偶数",
  "{name} depends on no input, so there is no graph to go back through: its derivatives are 0.":
    "{name} 不依赖任何输入，没有可以反向走的图：它的导数都是 0。",

  "ln is defined for numbers above 0": "ln 只对大于 0 的数有定义",
  "a square root is defined for numbers from 0 on": "平方根只对不小于 0 的数有定义",
  "exp of more than 709 is beyond float64": "exp 的参数超过 709 就超出了 float64 的范围",
  "nothing can be divided by 0": "不能除以 0",
  "a negative number has no real power that is not whole": "负数没有非整数次的实数幂",
  "0 has no negative power": "0 没有负数次幂",
  "the result is beyond what float64 can hold": "结果超出了 float64 的范围",
  "{v} = {formula} is {value}: {why}, and here {where}. Change {inputs}; all that is computed from it is lost too.":
    "{v} = {formula} 得到 {value}：{why}，而这里 {where}。请修改 {inputs}；由它算出的一切也都失效了。",
  " and ": "，",
  " or ": " 或 ",
  "At 0 the square root is infinitely steep: its derivative is inf.": "平方根在 0 处无限陡：导数是 inf。",
  "relu has no derivative at 0: PyTorch takes 0.": "relu 在 0 处没有导数：PyTorch 取 0。",
  "abs has no derivative at 0: PyTorch takes 0.": "abs 在 0 处没有导数：PyTorch 取 0。",
  "Both arguments of {name} are equal: PyTorch gives each half of the derivative.":
    "{name} 的两个参数相等：PyTorch 把导数平分给两者。",

  "{name} has no number: write one, such as 2 or -0.5.": "{name} 还没有数：请填一个，如 2 或 -0.5。",
  "{text} is no number for {name}: write one, such as 2 or -0.5.":
    "{text} 不是数，不能赋给 {name}：请填一个数，如 2 或 -0.5。",
  "This is too long for the lab: at most {n} characters.": "太长了：最多 {n} 个字符。",
  "“{letter}” means nothing here: use + − * / ^, brackets, numbers, names and functions such as sin(x).":
    "“{letter}”在这里没有意义：请用 + − * / ^、括号、数、变量名和 sin(x) 这样的函数。",
  "A number has one decimal point: write 1.5, not 1.5.2.": "一个数只有一个小数点：写 1.5，不要写 1.5.2。",
  "{text} is more than float64 can hold; write a number below 1.7e308.":
    "{text} 超出了 float64 的范围；请写小于 1.7e308 的数。",
  "Type an expression, such as ln(x1) + x1 * x2 - sin(x2).": "请输入表达式，例如 ln(x1) + x1 * x2 - sin(x2)。",
  "Something must follow “{text}”: a number, a name or a bracket.": "“{text}”后面还缺一个数、变量名或括号。",
  "A number, a name or a bracket must stand before “{text}”.": "“{text}”前面还缺一个数、变量名或括号。",
  "There is nothing before this ): a number or a name is missing.": "这个 ) 前面是空的：缺一个数或变量名。",
  "“{text}” cannot stand here.": "“{text}”不能放在这里。",
  "A sign is missing between {left} and {right}: for a product write {left} * {right}.":
    "{left} 和 {right} 之间缺运算符：乘积请写 {left} * {right}。",
  "There is no function {name} here. There are: {functions}.": "这里没有函数 {name}。可用的有：{functions}。",
  "There is no function {name}; if you mean a product, write {name} * ( … ).":
    "没有函数 {name}；如果是乘积，请写 {name} * ( … )。",
  "Write the argument of {name} in brackets: {name}({argument}).": "{name} 的参数要写在括号里：{name}({argument})。",
  "{name} takes one argument, and here it has {has}.": "{name} 需要一个参数，这里有 {has} 个。",
  "{name} takes two arguments, with a comma between them, and here it has {has}.":
    "{name} 需要两个参数，用逗号分开，这里有 {has} 个。",
  "A comma stands between the arguments of max and min only; a second output goes on a line of its own.":
    "逗号只用在 max 和 min 的参数之间；第二个输出请另起一行。",
  "An = stands once in a line, after a single name: y = …": "一行里只能有一个 =，并且在单个名字之后：y = …",
  "On the left of = stands a single name: y = …": "= 的左边只能是一个名字：y = …",
  "{name} is a function here: call the output something else, such as y1.":
    "{name} 在这里是函数：请给输出换个名字，如 y1。",
  "There is no ( for this ): take it away.": "这个 ) 没有对应的 (：请删去。",
  "This bracket is never closed: add a ).": "这个括号没有闭合：请补一个 )。",
  "This is nested too deeply: give a part of it a line of its own.": "嵌套太深：请把其中一部分单独写成一行。",
  "{name} is used before the line that sets it: move that line up.":
    "{name} 在定义它的那一行之前就用到了：请把那一行上移。",
  "{name} is set twice: give one of them another name.": "{name} 定义了两次：请给其中一个换个名字。",
  "The lab follows at most {n} outputs.": "实验室最多跟踪 {n} 个输出。",
  "The lab follows at most {n} inputs.": "实验室最多跟踪 {n} 个输入。",
  "The lab shows at most {n} operations.": "实验室最多显示 {n} 个运算。",
  "There is no variable in it, so there is nothing to differentiate by: write x1 somewhere.":
    "里面没有变量，无从求导：请写上 x1 之类的变量。",
  "{name} is a word of Python's own: choose another name.": "{name} 是 Python 的保留字：请换个名字。",
  "v1, v2, … and c1, c2, … are what the lab calls its own steps: choose another name.":
    "v1、v2……和 c1、c2……是实验室给自己的步骤起的名字：请换个名字。",
};
