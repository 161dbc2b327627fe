/** `labs/` in Simplified Chinese: what the labs share, then each lab's own. */

import ad from "./labs_ad.js";
import convolution from "./labs_convolution.js";
import describe from "./labs_describe.js";
import einsum from "./labs_einsum.js";
import fusion from "./labs_fusion.js";

/** @type {import("../translate.js").Catalogue} */
const shared = {
  Labs: "实验室",
  "Forward and reverse mode": "前向模式与反向模式",
  "Why does forward mode need a pass for every input, and reverse mode one for every output?":
    "为什么前向模式每个输入都要算一遍，而反向模式每个输出算一遍？",
  Einsum: "Einsum",
  "What does an einsum equation multiply, what does it sum, and what does it send back?":
    "一个 einsum 等式把什么相乘、对什么求和，反向时又传回什么？",
  Convolution: "卷积",
  "What does a kernel see at each place, and which way does the gradient go back?":
    "卷积核在每个位置看到什么，梯度又沿哪条路返回？",
  Fusion: "融合",
  "How do three convolutions and a BatchNorm become one, and how far off is the result?":
    "三个卷积和一个 BatchNorm 怎样合成一个，结果差多少？",
  "Describe a model": "描述模型",
  "What does a model look like that is built without code, and what does torch make of it?":
    "不写代码怎样搭出一个模型，torch 又会得到什么？",
  "Change what you like: PyTorch is recorded while it computes it, and every number comes from the tape.":
    "随意修改：PyTorch 计算时被录制下来，每个数都来自磁带。",
  "Tapedeck: start page": "Tapedeck：首页",
  "Theme: as the system says": "主题：跟随系统",
  "Theme: light": "主题：浅色",
  "Theme: dark": "主题：深色",
  Controls: "播放控制",
  "To the start (Home)": "到开头（Home）",
  "Back (←)": "后退一步（←）",
  "Next (→)": "前进一步（→）",
  "To the end (End)": "到结尾（End）",
  Play: "播放",
  Pause: "暂停",
  "Play (Space)": "播放（空格）",
  "Pause (Space)": "暂停（空格）",
  "Play again from the start (Space)": "从头再播放（空格）",
  Speed: "速度",
  "Position in the animation": "动画中的位置",
  "The program": "程序",
  "Open this recording in the player": "在播放器中打开这次录制",
  "This is not recorded yet.": "还没有录制。",
  "Record it": "录制",
  "The program did not end by itself.": "程序没有自行结束。",
  "Try again": "重试",
  Undo: "撤销",
  Redo: "重做",
  "Undo (Ctrl or ⌘ Z)": "撤销（Ctrl 或 ⌘ Z）",
  "Redo (Ctrl or ⌘ Shift Z)": "重做（Ctrl 或 ⌘ Shift Z）",
  "As it was": "恢复初始",
  "Copy link": "复制链接",
  Copied: "已复制",
  "The address bar holds this state too": "地址栏里也保存着当前状态",
};

export default { ...shared, ...ad, ...einsum, ...convolution, ...fusion, ...describe };
