/** `ui/` in Simplified Chinese. @type {import("../translate.js").Catalogue} */
export default {
  "take back the latest opening, closing or change of what the graph shows": "撤销最近一次展开、折叠或视图更改",
  "menu of the box that has the focus, in the graph": "图中获得焦点的方框的菜单",
  "zoom out": "缩小",
  "zoom in": "放大",
  "show or hide the minimap": "显示或隐藏缩略图",
  "its lineage in the graph, part after part": "在图中逐段显示它的来龙去脉",
  "one hop fewer": "少一跳",
  "only its neighbours, then one hop more": "只看它的邻居，再按多一跳",
  "bring what is shown to the middle of the graph": "把当前对象移到图的中央",
  "show or hide kinds of things": "按种类显示或隐藏",
  "forward and backward: both, either alone, or overlaid": "前向与反向：双侧、单侧或叠加",
};
