/** `panels/` in Simplified Chinese. @type {import("../translate.js").Catalogue} */
export default {
  "Take along": "导出",
  Picture: "图片",
  "What is on the screen": "当前视图",
  "The whole graph": "完整的图",
  Moment: "时刻",
  "Copy the link to this moment": "复制指向此刻的链接",
  "step {step}": "第 {step} 步",
  "Step {step} of {count}": "第 {step} 步，共 {count} 步",
  Recording: "录制",
  "All events as a table": "全部事件（表格）",
  "The tape itself": "tape 文件",
  Close: "关闭",
  "Saved as {name}": "已保存为 {name}",
  "As PNG this graph would be too small to be read. Take it as SVG, or close some modules.":
    "这张图导出为 PNG 会小到无法辨认。请导出 SVG，或先折叠一些模块。",
  "The browser could not draw the picture as PNG. Take it as SVG.": "浏览器无法把这张图绘制成 PNG，请导出 SVG。",
  "The link to this moment is copied": "已复制指向此刻的链接",
  "The browser did not let it be copied. This is the link:": "浏览器不允许复制，链接如下：",
};
