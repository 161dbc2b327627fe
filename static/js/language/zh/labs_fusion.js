/** The lab `fusion` in Simplified Chinese. @type {import("../translate.js").Catalogue} */
export default {
  "The seed is “{seed}”: write a whole number from 0 to {most}.":
    "随机种子写成了“{seed}”：请写 0 到 {most} 之间的整数。",
  "What is fused": "融合什么",
  "3 × 3 + 1 × 1 + identity": "3 × 3 + 1 × 1 + 恒等",
  "convolution + BatchNorm": "卷积 + BatchNorm",
  Seed: "随机种子",
  "Swap the identity": "交换恒等核的通道",
  "Forget a bias": "漏掉一个偏置",
  "isclose: atol": "isclose 的 atol",
  "1e-8 (the default)": "1e-8（默认）",
  Mode: "模式",
  "rounding only": "只有舍入误差",
  "not the same": "并不相同",
  "largest |before − after|": "|before − after| 的最大值",
  "isclose(atol={atol}) rejects {n} of {all} numbers.": "isclose(atol={atol}) 否定了 {all} 个数中的 {n} 个。",
  "Both channels of the ones are equal, so exchanging them changes nothing. The two channels of the random input differ by up to {gap}, and that is the error.":
    "全 1 输入的两个通道相等，交换它们什么也不改变。随机输入的两个通道最多相差 {gap}，误差正是这么大。",
  "Ones are a weak test: both of their channels are equal, so swapped channels would not show. Swap the identity's channels and compare.":
    "全 1 是很弱的测试：两个通道相等，交换了也看不出来。请交换恒等核的通道再比较。",
  "On ones": "输入全为 1",
  "On random input": "输入为随机数",
  "What a test can see": "测试能看出什么",
  "In train mode": "train 模式下",
  "In eval mode": "eval 模式下",
  "What the fold uses": "折叠用的是什么",
  "BatchNorm in train mode takes mean and variance from this batch. The fold was made of the running ones, so it holds only in eval mode.":
    "train 模式下 BatchNorm 用的是这个 batch 的均值和方差。折叠用的是 running 统计量，所以只在 eval 模式下成立。",
  "The running mean and variance do not depend on the batch, so in eval mode BatchNorm is the same for every input: a scale and a shift.":
    "running 均值和方差与 batch 无关，所以 eval 模式下 BatchNorm 对任何输入都一样：乘一个数，再加一个数。",
  "torch's own fuse_conv_bn_eval is off by {n}.": "torch 自带的 fuse_conv_bn_eval 误差为 {n}。",
  "random input": "随机输入",
  ones: "全 1",
  "How often does isclose fail?": "isclose 多久失败一次？",
  "The same fusion, without a mistake, for the seeds 0 to 199: rounding alone.":
    "同样的融合，没有任何错误，种子从 0 到 199：只有舍入误差。",
  "The run did not come to its end.": "运行没有到达结尾。",
  "Record 200 seeds": "录制 200 个种子",
  "{n} of 200": "200 次中 {n} 次",
  "{n} node": "{n} 个节点",
  "{n} nodes": "{n} 个节点",
  "{n} parameter": "{n} 个参数",
  "{n} parameters": "{n} 个参数",
  "Forward ops: {ops}": "前向运算：{ops}",
  "Autograd nodes: {nodes}": "自动求导节点：{nodes}",
  Before: "融合前",
  After: "融合后",
  "torch's own fusion asks for eval mode: choose eval, or call eval() before it.":
    "torch 自带的融合要求 eval 模式：请选择 eval，或先调用 eval()。",
  "Step of the fusion": "融合的步骤",
  "goes through as it is": "原样通过",
  Kernels: "卷积核",
  "The kernels": "卷积核",
  "a row for each output channel, a column for each input channel": "每行一个输出通道，每列一个输入通道",
  "Point at a weight, or go to it with Tab and the arrow keys, to see what it is made of.":
    "把鼠标移到某个权重上，或用 Tab 和方向键选中它，看它由什么组成。",
  Biases: "偏置",
  "BatchNorm and biases, for each output channel": "每个输出通道的 BatchNorm 与偏置",
  "Biases, for each output channel": "每个输出通道的偏置",
  channel: "通道",
  "Three branches read the same x, and their results are added.": "三个分支读同一个 x，结果相加。",
  "conv1's 1 × 1 kernel gets a ring of zeros. On the random input the 3 × 3 convolution differs from conv1 by at most {n}.":
    "给 conv1 的 1 × 1 卷积核围上一圈零。在随机输入上，这个 3 × 3 卷积与 conv1 最多相差 {n}。",
  "The identity is a kernel with one 1, but here its channels are swapped. On the random input it differs from x by up to {n}.":
    "恒等也是只有一个 1 的卷积核，但这里通道被交换了。在随机输入上，它与 x 最多相差 {n}。",
  "The identity is a kernel, too: a 1 in the middle, from each channel to itself. On the random input it differs from x by at most {n}.":
    "恒等也是一个卷积核：每个通道到自身，中间是 1。在随机输入上，它与 x 最多相差 {n}。",
  "The kernels add up. In the middle of the first one: {a} + {b} + {c} = {sum}.":
    "卷积核相加。第一个核的中心：{a} + {b} + {c} = {sum}。",
  "So do the biases. For the first channel: {a} + {b} = {sum}.": "偏置也相加。第一个通道：{a} + {b} = {sum}。",
  "The bias of conv1 is forgotten: the first channel gets {sum} instead of {a} + {b}.":
    "漏掉了 conv1 的偏置：第一个通道得到 {sum}，而不是 {a} + {b}。",
  "One convolution in place of three: up to {ones} off on ones, up to {random} on random input; {before} parameters become {after}.":
    "一个卷积代替三个分支：全 1 输入最多差 {ones}，随机输入最多差 {random}；参数从 {before} 个变成 {after} 个。",
  "A convolution, then BatchNorm.": "先卷积，再 BatchNorm。",
  "With its running statistics BatchNorm multiplies each channel by scale = γ / √(σ² + ε). For the first channel: {gamma} / √({variance} + ε) = {scale}.":
    "用 running 统计量时，BatchNorm 把每个通道乘以 scale = γ / √(σ² + ε)。第一个通道：{gamma} / √({variance} + ε) = {scale}。",
  "Each filter can be multiplied by it beforehand.": "可以事先把每个卷积核乘上它。",
  "And the bias becomes (b − μ) · scale + β. For the first channel: ({bias} − {mean}) · {scale} + {beta} = {fused}.":
    "偏置变成 (b − μ) · scale + β。第一个通道：({bias} − {mean}) · {scale} + {beta} = {fused}。",
  "One convolution in place of two, up to {error} off.": "一个卷积代替两个模块，最多差 {error}。",
  "In train mode BatchNorm uses the statistics of this batch, which no fold can know: up to {error} off.":
    "train 模式下 BatchNorm 用这个 batch 的统计量，折叠时无从知道：最多差 {error}。",
};
