using Spectre.Console;
using Spectre.Console.Rendering;

namespace UpcallActors.Daemon.Commands.Clients.Top;

/// <summary>A sample as it is painted on a terminal.</summary>
internal static class TerminalTop
{
    // Widths of their own: what could be as wide as it likes would leave none to what is beside it.
    private const int ChartWidth = 44;

    private static readonly Color[] _colors = [Color.SteelBlue1, Color.Gold1, Color.Orchid, Color.SpringGreen3, Color.Turquoise2, Color.Grey, Color.IndianRed1];

    /// <summary>Everything there is to see.</summary>
    public static IRenderable Of(TopSample sample)
    {
        var title = new Markup($"[bold]{Markup.Escape(PlainTop.Title(sample))}[/]\n{Markup.Escape(PlainTop.Summary(sample))}");
        var classes = new Panel(Classes(sample)) { Header = new PanelHeader(" upcalls by class "), Border = BoxBorder.Rounded };
        var losses = new Panel(Losses(sample)) { Header = new PanelHeader(" losses by cause "), Expand = true, Border = BoxBorder.Rounded };
        var grid = new Grid { Expand = true };
        grid.AddColumn().AddColumn(new GridColumn { Width = ChartWidth });
        grid.AddRow(classes, losses);
        return new Rows(title, Lanes(sample), grid, Ports(sample));
    }

    private static Table Lanes(TopSample sample)
    {
        Table table = Titled("lane", "received/s", "translated/s", "executed/s", "flow puts/s", "lost/s", "credits");
        foreach (LaneRates lane in sample.Lanes)
        {
            table.AddRow(
                $"{lane.Lane}", Quantity.Of(lane.Received), Quantity.Of(lane.Translated), Quantity.Of(lane.Executed), Quantity.Of(lane.FlowPuts),
                lane.Lost > 0 ? $"[red]{Quantity.Of(lane.Lost)}[/]" : "0", Credits(lane));
        }

        return table;
    }

    private static string Credits(LaneRates lane)
    {
        string text = $"{lane.CreditsInUse}/{lane.Credits}";
        return lane.CreditsInUse >= lane.Credits ? $"[red]{text}[/]" : 2 * lane.CreditsInUse > lane.Credits ? $"[yellow]{text}[/]" : text;
    }

    private static IRenderable Classes(TopSample sample)
    {
        NamedRate[] busy = [.. sample.Classes.Where(rate => rate.Rate > 0)];
        if (busy.Length == 0)
            return new Text("none at the moment");
        BarChart chart = new BarChart().Width(ChartWidth).UseValueFormatter(value => Quantity.Of(value) + "/s");
        for (int i = 0; i < busy.Length; i++)
            chart.AddItem(busy[i].Name, busy[i].Rate, _colors[i % _colors.Length]);
        return chart;
    }

    private static IRenderable Losses(TopSample sample)
    {
        if (sample.Losses.IsEmpty)
            return new Markup("[green]none[/]");
        return new Rows(sample.Losses.Select(loss => new Markup($"{Markup.Escape(loss.Name)} {(loss.Rate > 0 ? $"[red]{Quantity.Of(loss.Rate)}/s[/]" : "0/s")}, {Quantity.Of(loss.Total)} in all")));
    }

    private static Table Ports(TopSample sample)
    {
        Table table = Titled("port", "bridge", "upcalls/s", "shed/s", "rx/s", "tx/s");
        foreach (PortRates port in sample.Ports.Take(PlainTop.MostPorts))
        {
            table.AddRow(
                Markup.Escape(port.Port), Markup.Escape(port.Bridge ?? ""), Quantity.Of(port.Upcalls), port.Shed > 0 ? $"[red]{Quantity.Of(port.Shed)}[/]" : "0",
                PlainTop.Packets(port.RxPackets), PlainTop.Packets(port.TxPackets));
        }

        return table;
    }

    private static Table Titled(string first, params string[] others)
    {
        Table table = new Table { Expand = true }.Border(TableBorder.Rounded).AddColumn(first);
        foreach (string column in others)
            table.AddColumn(new TableColumn(column) { Alignment = column == "bridge" ? Justify.Left : Justify.Right });
        return table;
    }
}
