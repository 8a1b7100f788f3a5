using System.Globalization;
using Forebay.PointsHost;
using Forebay.Primitives;
using Forebay.SharingHost;

// Words: as Forebay.SharingHost, then the point to die at, and at which passing of it.
HostArguments arguments = HostArguments.Parse(args);
DeathWish wish = new(Enum.Parse<DeathPoint>(args[9]), int.Parse(args[10], CultureInfo.InvariantCulture));
Orders orders = new();
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
