import { byArea } from "./by-area.ts";

/** Everything but what the first page needs and the texts of single pages. */
export default byArea(import.meta.glob(["./ko/*.json", "!./ko/{app,feed,ui.first,error.first,terms,how,admin*}.json"], { eager: true, import: "default" }));
