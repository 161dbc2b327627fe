/** The lab `convolution` in Simplified Chinese. @type {import("../translate.js").Catalogue} */
export default {};
