/** `graph/` in Simplified Chinese. @type {import("../translate.js").Catalogue} */
export default {
  "The graph has {n} things now; a picture holds up to {most}. Close some modules, or take the view.":
    "图中现有 {n} 个对象，一张图片最多容纳 {most} 个。请折叠一些模块，或只导出当前视图。",
  "There is no graph on the screen to be taken along.": "屏幕上没有可以导出的图。",
};
