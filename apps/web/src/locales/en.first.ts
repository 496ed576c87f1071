import { byArea } from "./by-area.ts";

/** What the first page needs; of the words that all pages share, those that it says itself (`….first.json`). */
export default byArea(import.meta.glob("./en/{app,feed,ui.first,error.first}.json", { eager: true, import: "default" }));
