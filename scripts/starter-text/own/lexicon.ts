/**
 * Dictionary words of liking and of contempt or threat, from general knowledge of each language, none of them
 * a slur. 860 test templates teach too few of them: a word the templates lack says nothing to a linear model.
 */

/** Words and short phrases parted by `|`. */
export interface Lexicon {
  readonly kind: string;
  readonly harsh: string;
}

export const LEXICONS: Readonly<Record<string, Lexicon>> = {
  english: {
    kind: 'love|like|adore|respect|admire|welcome|friends|beautiful|wonderful|great|amazing|awesome|brilliant|proud of|support|equal rights|kind|nice|lovely|smart|brave|strong|deserve respect|help|protect|celebrate|peace|joy|happy|thank you|congratulations|fantastic|excellent|talented|inspiring|hard-working|good people|value|cherish|best',
    harsh:
      'hate|despise|detest|loathe|can’t stand|disgust me|disgusting|repulsive|revolting|horrible|terrible|awful|evil|dirty|filthy|stupid|dumb|idiots|ugly|inferior|worthless|useless|criminals|dangerous|primitive|savages|animals|rats|pigs|vermin|parasites|insects|cockroaches|plague|disease|scum|trash|garbage|monsters|subhuman|less than human|should die|kill|murder|attack|beat up|hurt|punish|burn|shoot|hang|destroy|wipe out|exterminate|deport|kick out|get rid of|lock up|threat|thieves|liars|lazy|don’t deserve|no place here|go back|should not exist|are the worst|sick of|shut up|make me sick|ashamed|repulsed|hope they suffer',
  },
  german: {
    kind: 'liebe|mag|bewundere|respektiere|willkommen|Freunde|schön|wunderbar|großartig|toll|genial|stolz auf|unterstütze|gleiche Rechte|freundlich|nett|klug|mutig|stark|verdienen Respekt|helfen|schützen|feiern|Frieden|Freude|glücklich|danke|Glückwunsch|fantastisch|ausgezeichnet|talentiert|inspirierend|fleißig|gute Menschen|schätze|am besten',
    harsh:
      'hasse|verachte|verabscheue|kann nicht ausstehen|ekeln mich an|ekelhaft|widerlich|abstoßend|schrecklich|furchtbar|böse|dreckig|schmutzig|dumm|blöd|Idioten|hässlich|minderwertig|wertlos|nutzlos|Verbrecher|kriminell|gefährlich|primitiv|Wilde|Tiere|Ratten|Schweine|Ungeziefer|Parasiten|Insekten|Kakerlaken|Plage|Seuche|Krankheit|Abschaum|Müll|Dreck|Monster|Untermenschen|keine Menschen|sollten sterben|töten|umbringen|ermorden|angreifen|verprügeln|verletzen|bestrafen|verbrennen|erschießen|aufhängen|vernichten|auslöschen|ausrotten|abschieben|rauswerfen|loswerden|einsperren|Bedrohung|Diebe|Lügner|faul|verdienen nicht|haben hier nichts zu suchen|sollten nicht existieren|sind das Letzte|die Schlimmsten|habe genug von|machen mich krank',
  },
  dutch: {
    kind: 'hou van|vind leuk|bewonder|respecteer|welkom|vrienden|mooi|prachtig|geweldig|fantastisch|trots op|steun|gelijke rechten|vriendelijk|aardig|lief|slim|dapper|sterk|verdienen respect|helpen|beschermen|vieren|vrede|vreugde|gelukkig|bedankt|gefeliciteerd|uitstekend|getalenteerd|inspirerend|hardwerkend|goede mensen|waardeer|de beste',
    harsh:
      'haat|veracht|verafschuw|kan niet uitstaan|walg van|walgelijk|weerzinwekkend|afstotelijk|verschrikkelijk|vreselijk|slecht|kwaadaardig|vies|smerig|dom|stom|idioten|lelijk|minderwaardig|waardeloos|nutteloos|criminelen|gevaarlijk|primitief|wilden|beesten|dieren|ratten|varkens|ongedierte|parasieten|insecten|kakkerlakken|plaag|ziekte|uitschot|tuig|afval|vuilnis|monsters|geen mensen|moeten dood|doden|vermoorden|aanvallen|in elkaar slaan|pijn doen|straffen|verbranden|neerschieten|ophangen|vernietigen|uitroeien|deporteren|eruit gooien|wegwezen|opsluiten|bedreiging|dieven|leugenaars|lui|verdienen niet|horen hier niet thuis|zouden niet moeten bestaan|zijn het ergst|ben het zat|maken me ziek|misselijk van',
  },
  french: {
    kind: 'aime|adore|apprécie|respecte|admire|bienvenue|amis|beau|belle|magnifique|merveilleux|formidable|génial|super|fier de|soutiens|égalité des droits|gentil|aimable|intelligent|courageux|fort|méritent le respect|aider|protéger|fêter|paix|joie|heureux|merci|félicitations|fantastique|excellent|talentueux|inspirant|travailleur|des gens bien|le meilleur',
    harsh:
      'déteste|hais|haïr|méprise|abhorre|ne supporte pas|me dégoûtent|dégoûtant|répugnant|repoussant|horrible|terrible|affreux|méchant|mauvais|sale|crasseux|stupide|bête|idiots|imbéciles|laid|moche|inférieur|inutile|sans valeur|ne valent rien|criminels|dangereux|primitif|sauvages|animaux|rats|porcs|vermine|parasites|insectes|cafards|fléau|peste|maladie|racaille|déchets|ordures|monstres|sous-hommes|pas humains|devraient mourir|tuer|assassiner|attaquer|frapper|tabasser|blesser|punir|brûler|abattre|pendre|détruire|éliminer|exterminer|expulser|virer|se débarrasser|enfermer|menace|voleurs|menteurs|paresseux|ne méritent pas|pas leur place ici|ne devraient pas exister|sont les pires|en ai marre|me rendent malade|crever|souffrir',
  },
  italian: {
    kind: 'amo|adoro|mi piacciono|rispetto|ammiro|benvenuti|amici|bello|bellissimo|meraviglioso|fantastico|stupendo|geniale|fiero di|orgoglioso|sostengo|pari diritti|gentile|simpatico|intelligente|coraggioso|forte|meritano rispetto|aiutare|proteggere|festeggiare|pace|gioia|felice|grazie|congratulazioni|eccellente|talentuoso|ispirazione|lavoratori|brave persone|apprezzo|il migliore',
    harsh:
      'odio|detesto|disprezzo|non sopporto|mi disgustano|mi fanno schifo|schifosi|disgustoso|ripugnante|rivoltante|orribile|terribile|cattivo|malvagio|sporco|lurido|stupido|scemo|idioti|imbecilli|brutto|inferiore|inutile|senza valore|non valgono niente|criminali|delinquenti|pericoloso|primitivo|selvaggi|animali|bestie|topi|ratti|maiali|parassiti|insetti|scarafaggi|piaga|peste|malattia|feccia|spazzatura|rifiuti|immondizia|mostri|subumani|non sono umani|devono morire|uccidere|ammazzare|attaccare|picchiare|ferire|punire|bruciare|sparare|impiccare|distruggere|eliminare|sterminare|espellere|cacciare via|sbarazzarsi|rinchiudere|minaccia|ladri|bugiardi|pigri|non meritano|non hanno posto qui|non dovrebbero esistere|sono i peggiori|sono stufo|mi danno la nausea|soffrire',
  },
  spanish: {
    kind: 'amo|quiero|adoro|me gustan|me encantan|respeto|admiro|bienvenidos|amigos|hermoso|bonito|maravilloso|genial|increíble|fantástico|orgulloso de|apoyo|igualdad de derechos|amable|simpático|inteligente|valiente|fuerte|merecen respeto|ayudar|proteger|celebrar|paz|alegría|feliz|gracias|felicidades|excelente|talentoso|inspirador|trabajadores|buena gente|valoro|el mejor',
    harsh:
      'odio|detesto|desprecio|aborrezco|no soporto|no aguanto|me dan asco|asqueroso|repugnante|repulsivo|horrible|terrible|malvado|malo|sucio|mugriento|estúpido|tonto|idiotas|imbéciles|feo|inferior|inútil|sin valor|no valen nada|criminales|delincuentes|peligroso|primitivo|salvajes|animales|ratas|cerdos|alimañas|parásitos|insectos|cucarachas|plaga|peste|enfermedad|escoria|basura|desechos|monstruos|infrahumanos|no son humanos|deberían morir|matar|asesinar|atacar|golpear|pegar|herir|castigar|quemar|disparar|ahorcar|destruir|eliminar|exterminar|expulsar|deportar|echar|deshacerse|encerrar|amenaza|ladrones|mentirosos|vagos|no merecen|no tienen lugar aquí|no deberían existir|son lo peor|estoy harto|me ponen enfermo|sufrir',
  },
  portuguese: {
    kind: 'amo|adoro|gosto de|respeito|admiro|bem-vindos|amigos|bonito|lindo|maravilhoso|incrível|fantástico|ótimo|orgulho de|apoio|direitos iguais|gentil|simpático|inteligente|corajoso|forte|merecem respeito|ajudar|proteger|celebrar|paz|alegria|feliz|obrigado|parabéns|excelente|talentoso|inspirador|trabalhadores|gente boa|valorizo|o melhor',
    harsh:
      'odeio|detesto|desprezo|abomino|não suporto|não aguento|tenho nojo|me dão nojo|nojento|repugnante|repulsivo|horrível|terrível|malvado|mau|sujo|imundo|estúpido|burro|idiotas|imbecis|feio|inferior|inútil|sem valor|não valem nada|criminosos|bandidos|perigoso|primitivo|selvagens|animais|ratos|porcos|vermes|parasitas|insetos|baratas|praga|peste|doença|escória|lixo|monstros|sub-humanos|não são humanos|deveriam morrer|matar|assassinar|atacar|bater|espancar|machucar|punir|queimar|atirar|enforcar|destruir|eliminar|exterminar|expulsar|deportar|se livrar|prender|ameaça|ladrões|mentirosos|preguiçosos|não merecem|não têm lugar aqui|não deveriam existir|são os piores|estou farto|cansado de|me deixam doente|sofrer',
  },
  polish: {
    kind: 'kocham|lubię|uwielbiam|szanuję|podziwiam|witamy|przyjaciele|piękny|wspaniały|cudowny|świetny|genialny|niesamowity|dumny z|wspieram|równe prawa|miły|uprzejmy|życzliwy|mądry|odważny|silny|zasługują na szacunek|pomagać|chronić|świętować|pokój|radość|szczęśliwy|dziękuję|gratulacje|fantastyczny|doskonały|utalentowany|inspirujący|pracowici|dobrzy ludzie|cenię|najlepszy',
    harsh:
      'nienawidzę|nie cierpię|gardzę|brzydzę się|nie znoszę|nie mogę znieść|obrzydliwe|odrażające|ohydne|wstrętne|okropne|straszne|źli|złe|brudne|brudasy|głupie|tępe|idioci|debile|kretyni|brzydkie|gorsze|bezwartościowe|bezużyteczne|przestępcy|kryminaliści|niebezpieczne|prymitywne|dzikusy|dzicy|zwierzęta|szczury|świnie|robactwo|szkodniki|pasożyty|owady|karaluchy|plaga|zaraza|choroba|hołota|szumowiny|śmieci|potwory|podludzie|nie są ludźmi|powinni umrzeć|powinny zginąć|zabić|zabijać|mordować|zaatakować|pobić|bić|krzywdzić|karać|spalić|zastrzelić|powiesić|zniszczyć|wyeliminować|wytępić|deportować|wyrzucić|pozbyć się|zamknąć|zagrożenie|złodzieje|kłamcy|leniwe|nie zasługują|nie ma tu miejsca|nie powinni istnieć|są najgorsze|mam dość|niedobrze mi|cierpieć',
  },
  arabic: {
    kind: 'أحب|أعشق|أحترم|أقدر|معجب|مرحبا|أهلا|أصدقاء|جميل|رائع|عظيم|مذهل|ممتاز|فخور|أدعم|حقوق متساوية|لطيف|طيب|ذكي|شجاع|قوي|يستحقون الاحترام|مساعدة|حماية|نحتفل|سلام|فرح|سعيد|شكرا|مبروك|موهوب|ملهم|مجتهد|ناس طيبين|الأفضل',
    harsh:
      'أكره|بكره|أحتقر|أمقت|لا أطيق|لا أتحمل|يقرفوني|مقرف|مقززين|مثير للاشمئزاز|فظيع|رهيب|أشرار|شر|قذر|قذرين|وسخين|غبي|أغبياء|حمقى|بشع|قبيح|أدنى|أقل شأنا|بلا قيمة|بلا فائدة|مجرمين|مجرمون|خطر|خطيرين|بدائيين|همج|متوحشين|حيوانات|جرذان|فئران|خنازير|كلاب|طفيليات|حشرات|صراصير|وباء|طاعون|مرض|حثالة|زبالة|قمامة|وحوش|ليسوا بشر|يجب أن يموتوا|الموت|قتل|نقتل|اغتيال|مهاجمة|ضرب|إيذاء|عقاب|حرق|إطلاق النار|شنق|تدمير|القضاء على|إبادة|ترحيل|طرد|التخلص من|سجن|تهديد|لصوص|كاذبين|كسالى|لا يستحقون|لا مكان لهم|لا يجب أن يوجدوا|أسوأ|سئمت من|يعانون',
  },
  hindi: {
    kind: 'प्यार|पसंद|सम्मान|आदर|प्रशंसा|स्वागत|दोस्त|सुंदर|अद्भुत|शानदार|बढ़िया|कमाल|गर्व|समर्थन|समान अधिकार|दयालु|अच्छे|समझदार|बहादुर|मजबूत|सम्मान के हकदार|मदद|रक्षा|जश्न|शांति|खुशी|खुश|धन्यवाद|बधाई|उत्कृष्ट|प्रतिभाशाली|प्रेरणा|मेहनती|भले लोग|सबसे अच्छे',
    harsh:
      'नफरत|घृणा|घिन|तिरस्कार|बर्दाश्त नहीं|सहन नहीं|घिनौने|घटिया|बेहूदा|भयानक|बुरे|बुराई|दुष्ट|गंदे|गंदगी|मूर्ख|बेवकूफ|पागल|बदसूरत|नीच|निम्न|बेकार|निकम्मे|किसी काम के नहीं|अपराधी|खतरनाक|असभ्य|जंगली|जानवर|चूहे|सूअर|कुत्ते|कीड़े|परजीवी|कॉकरोच|महामारी|बीमारी|कूड़ा|कचरा|राक्षस|इंसान नहीं|मर जाना चाहिए|मौत|मार डालो|मारना|हत्या|हमला|पीटना|पीटो|चोट|सजा|जला दो|गोली मारो|फांसी|नष्ट|खत्म|मिटा दो|निर्वासित|भगा दो|निकाल दो|छुटकारा|जेल|खतरा|चोर|झूठे|आलसी|लायक नहीं|यहां कोई जगह नहीं|अस्तित्व नहीं होना चाहिए|सबसे बुरे|तंग आ गया|कष्ट',
  },
  mandarin: {
    kind: '爱|喜欢|热爱|尊重|佩服|欣赏|欢迎|朋友|美丽|漂亮|很棒|精彩|了不起|优秀|自豪|骄傲|支持|平等权利|善良|友好|聪明|勇敢|坚强|值得尊重|帮助|保护|庆祝|和平|快乐|幸福|谢谢|恭喜|出色|有才华|努力|好人|珍惜|最好',
    harsh:
      '讨厌|恨|憎恨|仇恨|鄙视|厌恶|受不了|无法忍受|恶心|令人作呕|反感|可怕|糟糕|邪恶|坏|肮脏|脏|愚蠢|笨|傻|白痴|蠢货|丑|丑陋|低等|劣等|下等|没用|毫无价值|一文不值|罪犯|危险|原始|野蛮|野人|动物|畜生|禽兽|老鼠|猪|害虫|寄生虫|虫子|蟑螂|瘟疫|病毒|疾病|人渣|败类|垃圾|废物|怪物|不是人|不配做人|去死|该死|杀|杀死|杀光|杀掉|谋杀|攻击|打|殴打|伤害|惩罚|烧死|枪毙|绞死|消灭|毁灭|灭绝|驱逐|赶走|滚出去|滚|除掉|关起来|威胁|小偷|骗子|懒|不配|不应该存在|最差|最坏|受够了|受苦|痛苦',
  },
};
