import { byArea } from "./by-area.ts";

/** What the first page needs. */
export default byArea(import.meta.glob("./en/{app,ui,feed,error}.json", { eager: true, import: "default" }));
