/** The page of the convolution lab. */

import { arrive } from "../main.js";
import { Lab } from "./index.js";

arrive(Lab);
