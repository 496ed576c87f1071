import { onBeforeUnmount, onMounted, ref, type Ref } from "vue";

/** Files dropped or pasted anywhere on the page; text that is pasted into a field stays the field's. */
export function useFileDrop(take: (files: File[]) => void): { over: Readonly<Ref<boolean>> } {
  const over = ref(false);
  let depth = 0;
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;

  function onEnter(event: DragEvent): void {
    if (!hasFiles(event)) return;
    depth += 1;
    over.value = true;
  }
  function onLeave(event: DragEvent): void {
    if (!hasFiles(event)) return;
    depth = Math.max(0, depth - 1);
    over.value = depth > 0;
  }
  function onOver(event: DragEvent): void {
    if (!hasFiles(event)) return;
    // Without this the browser opens the file in place of the page.
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
  }
  function onDrop(event: DragEvent): void {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    over.value = false;
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length) take(files);
  }
  function onPaste(event: ClipboardEvent): void {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    take(files);
  }
  onMounted(() => {
    window.addEventListener("dragenter", onEnter);
    window.addEventListener("dragleave", onLeave);
    window.addEventListener("dragover", onOver);
    window.addEventListener("drop", onDrop);
    window.addEventListener("paste", onPaste);
  });
  onBeforeUnmount(() => {
    window.removeEventListener("dragenter", onEnter);
    window.removeEventListener("dragleave", onLeave);
    window.removeEventListener("dragover", onOver);
    window.removeEventListener("drop", onDrop);
    window.removeEventListener("paste", onPaste);
  });
  return { over };
}
