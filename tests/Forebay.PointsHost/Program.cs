using System.Globalization;
using Forebay.PointsHost;
using Forebay.Primitives;
using Forebay.SharingHost;

// Words: as Forebay.SharingHost, then the point to die at, at which passing of it, and what is to happen there if it is
// not to die.
HostArguments arguments = HostArguments.Parse(args);
Orders orders = new();
DeathWish wish = new(Enum.Parse<DeathPoint>(args[9]), int.Parse(args[10], CultureInfo.InvariantCulture),
    args.Length > 11 ? Enum.Parse<Fate>(args[11]) : Fate.Kill, orders);
if (arguments.Work is "attach" or "watch")
    wish.Arm();
using (PointMember member = new(arguments, orders, wish))
{
    Console.WriteLine("ready");
    orders.Take();
    member.Run();
    if (arguments.Work == "leave")
        wish.Arm();
}

Console.WriteLine("alive");
