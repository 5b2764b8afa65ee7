package chat.switchboard.outbound;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.commonmark.ext.gfm.strikethrough.StrikethroughExtension;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.BulletList;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.ListBlock;
import org.commonmark.node.Node;
import org.commonmark.node.OrderedList;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.Text;
import org.commonmark.node.ThematicBreak;
import org.commonmark.parser.Parser;

/** Makes of Markdown, which agents write, what a person can read on a phone. */
final class PlainText {

  private static final Parser PARSER =
      Parser.builder()
          .extensions(List.of(TablesExtension.create(), StrikethroughExtension.create()))
          .build();

  private PlainText() {}

  /** The same text without marks; a link is written as {@code label (address)}. */
  static String of(String markdown) {
    return blocks(PARSER.parse(markdown), "\n\n").strip();
  }

  private static String blocks(Node parent, String between) {
    return children(parent).stream()
        .map(PlainText::block)
        .filter(text -> !text.isBlank())
        .collect(Collectors.joining(between));
  }

  private static String block(Node block) {
    if (block instanceof ListBlock list) {
      return list(list);
    }
    if (block instanceof FencedCodeBlock code) {
      return code.getLiteral().stripTrailing();
    }
    if (block instanceof IndentedCodeBlock code) {
      return code.getLiteral().stripTrailing();
    }
    if (block instanceof BlockQuote) {
      return blocks(block, "\n\n").lines().map("> "::concat).collect(Collectors.joining("\n"));
    }
    if (block instanceof ThematicBreak) {
      return "---";
    }
    if (block instanceof HtmlBlock html) {
      return html.getLiteral();
    }
    if (block instanceof TableBlock) {
      return rows(block).stream().map(PlainText::row).collect(Collectors.joining("\n"));
    }
    return inline(block);
  }

  private static String list(ListBlock list) {
    int number = list instanceof OrderedList ordered ? start(ordered) : 0;
    List<String> items = new ArrayList<>();
    for (Node item : children(list)) {
      String mark = list instanceof BulletList ? "- " : number++ + ". ";
      items.add(mark + blocks(item, "\n").replace("\n", "\n" + " ".repeat(mark.length())));
    }
    return String.join(list.isTight() ? "\n" : "\n\n", items);
  }

  private static int start(OrderedList list) {
    return list.getMarkerStartNumber() == null ? 1 : list.getMarkerStartNumber();
  }

  private static List<Node> rows(Node table) {
    List<Node> rows = new ArrayList<>();
    for (Node part : children(table)) {
      if (part instanceof TableRow) {
        rows.add(part);
      } else {
        rows.addAll(rows(part));
      }
    }
    return rows;
  }

  private static String row(Node row) {
    return children(row).stream()
        .filter(TableCell.class::isInstance)
        .map(PlainText::inline)
        .collect(Collectors.joining(" | "));
  }

  private static String inline(Node parent) {
    StringBuilder text = new StringBuilder();
    for (Node node : children(parent)) {
      text.append(piece(node));
    }
    return text.toString();
  }

  private static String piece(Node node) {
    if (node instanceof Text text) {
      return text.getLiteral();
    }
    if (node instanceof Code code) {
      return code.getLiteral();
    }
    if (node instanceof SoftLineBreak || node instanceof HardLineBreak) {
      return "\n";
    }
    if (node instanceof Link link) {
      return link(inline(link), link.getDestination());
    }
    if (node instanceof Image image) {
      return link(inline(image), image.getDestination());
    }
    if (node instanceof HtmlInline html) {
      return html.getLiteral();
    }
    return inline(node);
  }

  private static String link(String label, String address) {
    String bare = address.replaceFirst("^(mailto|tel):", "");
    return label.isBlank() || label.equals(address) || label.equals(bare)
        ? bare
        : label + " (" + address + ")";
  }

  private static List<Node> children(Node parent) {
    List<Node> children = new ArrayList<>();
    for (Node child = parent.getFirstChild(); child != null; child = child.getNext()) {
      children.add(child);
    }
    return children;
  }
}
