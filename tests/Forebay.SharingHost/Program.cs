using Forebay.SharingHost;

// Words: data directory, folder of the segment, name, method, work, operations, seed, sessions, pool pages.
HostArguments arguments = HostArguments.Parse(args);
using Member member = new(arguments);
Console.WriteLine("ready");
Console.ReadLine(); // all members begin together
member.Run();
Console.WriteLine($"done reads={member.Reads} changes={member.Changes}");
Console.ReadLine(); // and nobody leaves before all are done
