/** What is said of public pages to those who read no JavaScript: the head of each page, robots.txt and the sitemap. */
export { pageHead } from './page-head.ts';
export { registerSitemap } from './sitemap.routes.ts';
